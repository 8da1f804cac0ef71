import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Assembles dsm-agent.jar, run by the build: {@code java AssembleAgentJar.java OUTPUT VERSION CLASSPATH}.
 *
 * <p>To the root go the API (dsm-api) and the launch classes; under {@code inst/} goes everything else of the class path. Of
 * multi-release entries those for up to {@value #BASELINE} replace the plain ones, later ones stay and are listed in the manifest.
 * Module descriptors, signatures and natives of other systems are left out. Service files of several libraries are merged line by line; any
 * other file that two libraries bring with different content fails the build. Entries are sorted and carry one fixed time, so
 * that the same input gives the same jar.
 */
final class AssembleAgentJar {
  private static final int BASELINE = 17;
  private static final LocalDateTime TIME = LocalDateTime.of(2026, 11, 22, 0, 0, 0);
  private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/(\\d+)/(.+)");
  private static final Pattern SKIPPED =
      Pattern.compile(
          "(.*/)?module-info\\.class|META-INF/(MANIFEST\\.MF|INDEX\\.LIST|[^/]+\\.(SF|RSA|DSA|EC))"
              + "|META-INF/maven/.*|jni/(?!x86_64-Linux|aarch64-Linux).*");
  private static final Pattern NOTICE =
      Pattern.compile("(META-INF/)?(LICENSE|NOTICE|AL2\\.0|LGPL2\\.1|DEPENDENCIES|license|notice)[^/]*");
  private static final Pattern MERGED =
      Pattern.compile("inst/META-INF/(services/.+|io\\.netty\\.versions\\.properties)");
  private static final Pattern INST_CLASS =
      Pattern.compile("inst/(?:META-INF/versions/\\d+/)?(.+)/[^/]+\\.class");
  private static final String SERVICES = "inst/META-INF/services/";
  private static final String LAUNCH = "org/dsm4j/agent/launch/";

  private final Map<String, byte[]> entries = new TreeMap<>();
  private final Map<String, String> origins = new TreeMap<>();
  private final Set<Integer> releases = new TreeSet<>();
  private final Set<String> uses = new TreeSet<>();

  public static void main(String[] arguments) throws Exception {
    Path output = Path.of(arguments[0]);
    String version = arguments[1];
    List<Path> classPath =
        Arrays.stream(arguments[2].split(java.io.File.pathSeparator)).map(Path::of).toList();
    new AssembleAgentJar().assemble(output, version, classPath);
  }

  private void assemble(Path output, String version, List<Path> classPath) throws Exception {
    Path api = null;
    for (Path element : classPath) {
      String artifact = artifactOf(element);
      if (artifact.equals("bench")) {
        add("inst/bench/bench.jar", Files.readAllBytes(element), "bench");
      } else if (artifact.equals("dsm-api")) {
        api = element;
        addLibrary(element, artifact, "");
      } else {
        addLibrary(element, artifact, "inst/");
      }
    }
    if (api == null) {
      throw new IllegalStateException("dsm-api is not on the class path: " + classPath);
    }
    add("inst/boot-classes", bootClasses(api), "assembly");
    add("inst/module-index", moduleIndex(), "assembly");
    write(output, manifest(version, build()));
  }

  /** "dsm-api" of .../runtime/api/target/dsm-api-0.1.0.jar; class folders are this module's own. */
  private static String artifactOf(Path element) {
    if (Files.isDirectory(element)) {
      if (!element.endsWith("agent/target/classes")) {
        throw new IllegalStateException(
            "dsm-agent.jar is assembled from packaged jars, but " + element + " is a folder; run: mvn package");
      }
      return "dsm-agent";
    }
    return element.getFileName().toString().replaceAll("(-\\d.*)?\\.jar$", "");
  }

  private void addLibrary(Path element, String artifact, String prefix) throws IOException {
    Map<String, byte[]> files = Files.isDirectory(element) ? readFolder(element) : readJar(element);
    Map<String, byte[]> chosen = new TreeMap<>();
    Map<String, Integer> chosenRelease = new TreeMap<>();
    files.forEach(
        (name, bytes) -> {
          Matcher versioned = VERSIONED.matcher(name);
          if (name.endsWith("module-info.class")) {
            addUses(bytes);
          }
          if (SKIPPED.matcher(name).matches()) {
            return;
          }
          if (!versioned.matches()) {
            if (!chosenRelease.containsKey(name)) {
              chosen.put(name, bytes);
            }
          } else if (Integer.parseInt(versioned.group(1)) > BASELINE) {
            releases.add(Integer.valueOf(versioned.group(1)));
            chosen.put(name, bytes);
          } else if (chosenRelease.getOrDefault(versioned.group(2), 0)
              < Integer.parseInt(versioned.group(1))) {
            chosenRelease.put(versioned.group(2), Integer.valueOf(versioned.group(1)));
            chosen.put(versioned.group(2), bytes);
          }
        });
    chosen.forEach((name, bytes) -> place(name, bytes, artifact, prefix));
  }

  /** Which services a library looks up, its own module descriptor tells. */
  private void addUses(byte[] descriptor) {
    ModuleDescriptor module = ModuleDescriptor.read(ByteBuffer.wrap(descriptor));
    uses.addAll(module.uses());
  }

  private void place(String name, byte[] bytes, String artifact, String prefix) {
    if (NOTICE.matcher(name).matches()) {
      add("META-INF/licenses/" + artifact + "/" + name.substring(name.lastIndexOf('/') + 1), bytes, artifact);
    } else if (name.startsWith(LAUNCH)) {
      add(name, bytes, artifact);
    } else {
      add(prefix + name, bytes, artifact);
    }
  }

  private void add(String name, byte[] bytes, String origin) {
    byte[] before = entries.putIfAbsent(name, bytes);
    String first = origins.putIfAbsent(name, origin);
    if (before == null || Arrays.equals(before, bytes)) {
      return;
    }
    if (!MERGED.matcher(name).matches()) {
      throw new IllegalStateException(name + " comes from " + first + " and, different, from " + origin);
    }
    entries.put(name, (new String(before) + "\n" + new String(bytes)).getBytes());
  }

  /** The classes of the API, each after its superclass and interfaces: the order in which the boot loader can define them. */
  private static byte[] bootClasses(Path api) throws Exception {
    Set<String> ordered = new LinkedHashSet<>();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {api.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (String name : new TreeMap<>(readJar(api)).keySet()) {
        if (name.endsWith(".class") && !SKIPPED.matcher(name).matches()) {
          String type = name.substring(0, name.length() - ".class".length()).replace('/', '.');
          order(Class.forName(type, false, loader), loader, ordered);
        }
      }
    }
    return (String.join("\n", ordered) + "\n").getBytes();
  }

  private static void order(Class<?> type, ClassLoader loader, Set<String> ordered) {
    if (type == null || type.getClassLoader() != loader || ordered.contains(type.getName())) {
      return;
    }
    order(type.getSuperclass(), loader, ordered);
    for (Class<?> each : type.getInterfaces()) {
      order(each, loader, ordered);
    }
    ordered.add(type.getName());
  }

  /** The packages and services under inst/, from which the launch classes make a module. */
  private byte[] moduleIndex() {
    Set<String> packages = new TreeSet<>();
    for (String name : entries.keySet()) {
      Matcher type = INST_CLASS.matcher(name);
      if (type.matches()) {
        packages.add(type.group(1).replace('/', '.'));
      }
    }
    StringBuilder index = new StringBuilder();
    packages.forEach(each -> index.append("package ").append(each).append('\n'));
    entries.forEach(
        (name, bytes) -> {
          String service = name.startsWith(SERVICES) ? name.substring(SERVICES.length()) : "";
          // Services of libraries that are not here have no users here either.
          if (packages.contains(service.replaceAll("\\.[^.]+$", ""))) {
            uses.add(service);
            index.append("provides " + service + " " + providers(bytes) + "\n");
          }
        });
    uses.forEach(each -> index.append("uses ").append(each).append('\n'));
    return index.toString().getBytes();
  }

  private static String providers(byte[] serviceFile) {
    return new String(serviceFile)
        .lines()
        .map(line -> line.replaceAll("#.*", "").trim())
        .filter(line -> !line.isEmpty())
        .distinct()
        .collect(Collectors.joining(","));
  }

  private Manifest manifest(String version, String build) {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, "org.dsm4j.agent.launch.Main");
    attributes.put(Attributes.Name.IMPLEMENTATION_TITLE, "DSM4J");
    attributes.put(Attributes.Name.IMPLEMENTATION_VERSION, version);
    attributes.putValue("Build", build);
    attributes.putValue("Automatic-Module-Name", "org.dsm4j");
    attributes.putValue("Premain-Class", "org.dsm4j.agent.launch.Premain");
    attributes.putValue("Can-Retransform-Classes", "true");
    attributes.putValue("Can-Redefine-Classes", "true");
    attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
    List<String> numbers = new ArrayList<>();
    releases.forEach(release -> numbers.add(release.toString()));
    attributes.putValue("Inst-Releases", String.join(" ", numbers));
    return manifest;
  }

  /** The commit this is built from, as git names it; "unknown" outside of a clone. */
  private static String build() throws InterruptedException {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String name = new String(git.getInputStream().readAllBytes()).trim();
      return git.waitFor() == 0 && !name.isEmpty() ? name : "unknown";
    } catch (IOException e) {
      return "unknown";
    }
  }

  private void write(Path output, Manifest manifest) throws IOException {
    Path temporary = Files.createTempFile(output.toAbsolutePath().getParent(), "dsm-agent", ".tmp");
    try (OutputStream file = Files.newOutputStream(temporary);
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(entry(java.util.jar.JarFile.MANIFEST_NAME));
      manifest.write(jar);
      jar.closeEntry();
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        jar.putNextEntry(entry(each.getKey()));
        jar.write(each.getValue());
        jar.closeEntry();
      }
    }
    Files.setPosixFilePermissions(
        temporary, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(temporary, output, StandardCopyOption.REPLACE_EXISTING);
  }

  private static ZipEntry entry(String name) {
    JarEntry entry = new JarEntry(name);
    entry.setTimeLocal(TIME);
    return entry;
  }

  private static Map<String, byte[]> readJar(Path jar) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().filter(each -> !each.isDirectory()).toList()) {
        try (InputStream in = zip.getInputStream(entry)) {
          files.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    return files;
  }

  private static Map<String, byte[]> readFolder(Path folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return files;
  }
}
