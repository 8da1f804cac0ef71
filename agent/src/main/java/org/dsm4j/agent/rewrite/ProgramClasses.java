package org.dsm4j.agent.rewrite;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The class files of a program: of the folders and jars of a class path, of what the jars'
 * manifests name, and of the jars and classes within an executable jar ({@code BOOT-INF}, {@code
 * WEB-INF}). Of a multi-release jar, those for this JVM. As on a class path, the first of a name
 * counts.
 *
 * <p>A loader that loads nothing: it gives the files as resources. Not thread-safe.
 */
public final class ProgramClasses extends ClassLoader {
  private static final String VERSIONS = "META-INF/versions/";
  private static final String SUFFIX = ".class";

  /** Where executable jars and wars keep the program's classes. */
  private static final List<String> ROOTS = List.of("BOOT-INF/classes/", "WEB-INF/classes/");

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private ProgramClasses() {
    super(getPlatformClassLoader());
  }

  /**
   * Reads a class path.
   *
   * @param classPath folders, jars and {@code folder/*}, separated as the system does
   * @throws IOException if something of it cannot be read
   */
  public static ProgramClasses of(String classPath) throws IOException {
    ProgramClasses classes = new ProgramClasses();
    Deque<Path> left = new ArrayDeque<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      left.addAll(expanded(entry));
    }
    Set<Path> seen = new HashSet<>();
    while (!left.isEmpty()) {
      Path entry = left.remove();
      if (!seen.add(entry.toAbsolutePath().normalize())) {
        continue;
      }
      if (Files.isDirectory(entry)) {
        classes.addFolder(entry);
      } else {
        try (InputStream file = Files.newInputStream(entry)) {
          String more = classes.addJar(file);
          for (String relative : more.isBlank() ? new String[0] : more.trim().split("\\s+")) {
            Path named = entry.toAbsolutePath().getParent().resolve(relative.replace("file:", ""));
            if (Files.exists(named)) {
              left.add(named);
            }
          }
        }
      }
    }
    return classes;
  }

  private static List<Path> expanded(String entry) throws IOException {
    if (!entry.endsWith("*")) {
      return List.of(Path.of(entry.isEmpty() ? "." : entry));
    }
    String folder = entry.substring(0, entry.length() - 1);
    try (Stream<Path> jars = Files.list(Path.of(folder.isEmpty() ? "." : folder))) {
      return jars.filter(each -> each.toString().toLowerCase().endsWith(".jar")).sorted().toList();
    }
  }

  /** Internal names of the classes, in the order of the class path. */
  List<String> names() {
    return List.copyOf(files.keySet());
  }

  byte[] bytes(String name) {
    return files.get(name);
  }

  private void addFolder(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
        if (name.endsWith(SUFFIX)) {
          add(name, Files.readAllBytes(file));
        }
      }
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
  }

  /** Adds the classes of a jar; returns the class path of its manifest, or "". */
  private String addJar(InputStream file) throws IOException {
    Map<String, byte[]> own = new LinkedHashMap<>();
    SortedMap<Integer, Map<String, byte[]>> versioned = new TreeMap<>();
    List<byte[]> nested = new ArrayList<>();
    Manifest manifest = null;
    ZipInputStream jar = new ZipInputStream(file);
    for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
      String name = entry.getName();
      int version = version(name);
      if (name.equals(JarFile.MANIFEST_NAME)) {
        manifest = new Manifest(new ByteArrayInputStream(jar.readAllBytes()));
      } else if (name.endsWith(".jar")) {
        nested.add(jar.readAllBytes());
      } else if (name.endsWith(SUFFIX) && version == 0) {
        own.put(name, jar.readAllBytes());
      } else if (name.endsWith(SUFFIX) && version <= Runtime.version().feature()) {
        versioned
            .computeIfAbsent(version, key -> new LinkedHashMap<>())
            .put(name.substring(name.indexOf('/', VERSIONS.length()) + 1), jar.readAllBytes());
      }
    }
    if ("true".equalsIgnoreCase(attribute(manifest, "Multi-Release"))) {
      versioned.values().forEach(own::putAll);
    }
    own.forEach(this::add);
    for (byte[] inner : nested) {
      addJar(new ByteArrayInputStream(inner));
    }
    return attribute(manifest, Attributes.Name.CLASS_PATH.toString());
  }

  private static String attribute(Manifest manifest, String name) {
    String value = manifest == null ? null : manifest.getMainAttributes().getValue(name);
    return value == null ? "" : value;
  }

  /** Of which Java a class of a multi-release jar is; 0 for one of any. */
  private static int version(String entry) {
    int end = entry.indexOf('/', VERSIONS.length());
    return entry.startsWith(VERSIONS) && end > 0
        ? Integer.parseInt(entry.substring(VERSIONS.length(), end))
        : 0;
  }

  private void add(String entry, byte[] file) {
    String path = entry;
    for (String root : ROOTS) {
      path = path.startsWith(root) ? path.substring(root.length()) : path;
    }
    if (!path.endsWith("module-info.class")) {
      files.putIfAbsent(path.substring(0, path.length() - SUFFIX.length()), file);
    }
  }

  @Override
  public InputStream getResourceAsStream(String resource) {
    byte[] file =
        resource.endsWith(SUFFIX)
            ? files.get(resource.substring(0, resource.length() - SUFFIX.length()))
            : null;
    return file == null ? super.getResourceAsStream(resource) : new ByteArrayInputStream(file);
  }
}
