package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.tools.ToolProvider;
import org.dsm4j.e2e.programs.SecondAgent;
import org.dsm4j.e2e.programs.VirtualMonitors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/**
 * One small program (package {@code eco}: shared fields, arrays and objects, a lock, and a class
 * that mentions nothing shared and locks what it is given) in the ways in which programs come and
 * are run.
 */
class EcosystemIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String AGENT = System.getProperty("dsm.test.jar");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String RIGHT = "eco 100 100 2 499500.0 %s on 2";

  @TempDir private static Path folder;
  private static Path classes;

  @BeforeAll
  static void compile() throws IOException {
    classes = folder.resolve("classes");
    compile(classes, "", "-cp", AGENT, "Main", "Plain", "Version", "Train");
  }

  /** As Spring Boot packs it: classes and a library of several releases within the jar. */
  @Test
  void anExecutableJarOfSpringBoot() throws IOException, InterruptedException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (JarFile loader = new JarFile(onClassPath("spring-boot-loader-"))) {
      for (JarEntry entry : loader.stream().filter(each -> !each.isDirectory()).toList()) {
        if (entry.getName().endsWith(".class")) {
          try (InputStream in = loader.getInputStream(entry)) {
            entries.put(entry.getName(), in.readAllBytes());
          }
        }
      }
    }
    for (String directory : List.of("BOOT-INF/", "BOOT-INF/classes/", "BOOT-INF/lib/")) {
      entries.put(directory, new byte[0]);
    }
    for (String name : List.of("Main", "Main$Item")) {
      entries.put("BOOT-INF/classes/eco/" + name + ".class", classFile(name));
    }
    entries.put("BOOT-INF/lib/library.jar", library());
    Path jar = folder.resolve("boot.jar");
    Files.write(
        jar,
        jar(
            "Main-Class: org.springframework.boot.loader.launch.JarLauncher\n"
                + "Start-Class: eco.Main\nSpring-Boot-Classes: BOOT-INF/classes/\n"
                + "Spring-Boot-Lib: BOOT-INF/lib/\n",
            entries));
    expect("seventeen", List.of(), "-jar", jar.toString());
  }

  /** The classes that lock, one with a version for Java 17 and later. */
  private static byte[] library() throws IOException {
    Path newer = folder.resolve("newer");
    Path sources = Files.createDirectories(folder.resolve("newer-sources"));
    Files.writeString(
        sources.resolve("Version.java"), source("Version").replace("base", "seventeen"));
    javac("--release", "17", "-d", newer.toString(), sources.resolve("Version.java").toString());
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("eco/Plain.class", classFile("Plain"));
    entries.put("eco/Version.class", classFile("Version"));
    entries.put(
        "META-INF/versions/17/eco/Version.class",
        Files.readAllBytes(newer.resolve("eco/Version.class")));
    return jar("Multi-Release: true\n", entries);
  }

  /**
   * Verification of everything, Flight Recorder, a heap dump, and JaCoCo and an agent of Byte Buddy
   * that come before ours.
   */
  @Test
  void beforeItOtherAgentsAndToolsOfTheJvm() throws IOException, InterruptedException {
    Path coverage = folder.resolve("before.exec");
    Path recording = Files.createDirectories(folder.resolve("recordings"));
    Path dump = folder.resolve("node.hprof");
    List<String> options =
        List.of(
            "-Xverify:all",
            "-Xlog:disable",
            "-XX:StartFlightRecording=dumponexit=true,filename=" + recording,
            "-javaagent:" + onClassPath("org.jacoco.agent-") + "=destfile=" + coverage,
            "-javaagent:" + secondAgent() + "=eco.Plain");
    String path = classes.toString();
    try (Run run = Run.start(2, options, "-cp", path, "eco.Main", dump.toString())) {
      run.expectStatus(0, LIMIT);
      assertTrue(run.out().all().contains("[0] " + RIGHT.formatted("base")), run::dump);
      assertTrue(run.out().all().contains("[1] second agent: true"), run::dump);
    }
    assertCovered(coverage);
    assertTrue(Files.size(dump) > 100_000, "the heap dump");
    try (Stream<Path> files = Files.list(recording)) {
      assertEquals(2, files.filter(file -> file.toFile().length() > 10_000).count(), "recordings");
    }
  }

  @Test
  void otherAgentsAfterIt() throws IOException, InterruptedException {
    Path coverage = folder.resolve("after.exec");
    List<String> lines =
        java(
            0,
            "-javaagent:" + AGENT,
            "-javaagent:" + onClassPath("org.jacoco.agent-") + "=destfile=" + coverage,
            "-javaagent:" + secondAgent(),
            "-cp",
            classes.toString(),
            "eco.Main");
    // JDK 25 warns of what Byte Buddy does.
    List<String> own = lines.stream().filter(line -> !line.startsWith("WARNING: ")).toList();
    assertEquals(
        List.of("eco 50 50 1 499500.0 base on 1", "second agent: true"), own, lines::toString);
    assertCovered(coverage);
  }

  private static void assertCovered(Path coverage) throws IOException {
    String found = Files.readString(coverage, StandardCharsets.ISO_8859_1);
    for (String name : List.of("eco/Main", "eco/Main$Item", "eco/Plain")) {
      assertTrue(found.contains(name), "no coverage of " + name);
    }
  }

  /** Classes out of an archive are rewritten all the same; others come out of it as they are. */
  @Test
  void anArchiveOfTheProgramsClasses() throws IOException, InterruptedException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (String name : List.of("Main", "Main$Item", "Plain", "Version", "Train")) {
      entries.put("eco/" + name + ".class", classFile(name));
    }
    Path jar = folder.resolve("eco.jar");
    Files.write(jar, jar("Main-Class: eco.Main\n", entries));
    Path archive = folder.resolve("eco.jsa");
    java(0, "-XX:ArchiveClassesAtExit=" + archive, "-cp", jar.toString(), "eco.Train");
    assertTrue(Files.exists(archive), "no archive was made");
    expect("base", List.of("-XX:SharedArchiveFile=" + archive), "-jar", jar.toString());
  }

  /** JDK 25 takes the program's classes out of such a cache before it starts any agent. */
  @Test
  @EnabledForJreRange(min = JRE.JAVA_25)
  void aCacheOfLinkedClasses() throws IOException, InterruptedException {
    Path jar = folder.resolve("linked.jar");
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (String name : List.of("Main", "Main$Item", "Plain", "Version")) {
      entries.put("eco/" + name + ".class", classFile(name));
    }
    Files.write(jar, jar("Main-Class: eco.Main\n", entries));
    Path cache = folder.resolve("eco.aot");
    List<String> lines =
        java(
            0,
            "-XX:AOTCacheOutput=" + cache,
            "-Xlog:aot=off",
            "-javaagent:" + AGENT,
            "-jar",
            jar.toString());
    assertEquals("eco 50 50 1 499500.0 base on 1", lines.get(0), lines::toString);
    assertTrue(Files.exists(cache), lines::toString);
    expect("base", List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on"), "-jar", jar.toString());
  }

  @Test
  void aNamedModule() throws IOException, InterruptedException {
    Path module = folder.resolve("modules/eco");
    compile(
        module,
        "module eco { requires static org.dsm4j; requires jdk.management; }",
        "-p",
        AGENT,
        "Main",
        "Plain",
        "Version");
    String modules = module.getParent().toString();
    expect("base", List.of(), "-p", modules, "-m", "eco/eco.Main");
    String both = modules + File.pathSeparator + AGENT;
    List<String> lines =
        java(
            1,
            "-javaagent:" + AGENT,
            "-p",
            both,
            "--add-modules",
            "org.dsm4j",
            "-m",
            "eco/eco.Main");
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.get(0).contains("on the module path, as module org.dsm4j"), lines::toString);
  }

  @Test
  void classesOfKotlin() throws IOException, InterruptedException {
    String path = onClassPath("test-classes") + File.pathSeparator + onClassPath("kotlin-stdlib-");
    try (Run run = Run.start(2, List.of(), "-cp", path, "keco.EcoKt")) {
      run.expectStatus(0, LIMIT);
      assertEquals(
          List.of("[0] keco 100 200 100 100 2 499500.0 Point(x=3, y=4.5) on 2"),
          run.out().all(),
          run::dump);
    }
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void virtualThreadsWithOneCarrier() throws IOException, InterruptedException {
    List<String> options =
        List.of(
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1");
    try (Run run = Run.program(2, options, VirtualMonitors.class)) {
      run.expectStatus(0, LIMIT);
      assertEquals(
          List.of("[0] virtual 384 0 1536", "[1] virtual 384 0 1536"),
          run.out().all().stream().sorted().toList(),
          run::dump);
    }
  }

  private static void expect(String version, List<String> options, String... program)
      throws IOException, InterruptedException {
    try (Run run = Run.start(2, options, program)) {
      run.expectStatus(0, LIMIT);
      assertTrue(run.out().all().contains("[0] " + RIGHT.formatted(version)), run::dump);
    }
  }

  /** Runs a JVM to its end, and gives what it printed. */
  private static List<String> java(int status, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx256m"));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", ".txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    List<String> lines = Files.readAllLines(out);
    assertTrue(ended, () -> "no end in time: " + command + lines);
    assertEquals(status, process.exitValue(), () -> command + "\n" + String.join("\n", lines));
    return lines;
  }

  private static Path secondAgent() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (Class<?> each : List.of(SecondAgent.class, SecondAgent.Count.class)) {
      String name = each.getName().replace('.', '/') + ".class";
      try (InputStream in = each.getClassLoader().getResourceAsStream(name)) {
        entries.put(name, in.readAllBytes());
      }
    }
    Path jar = Files.createTempFile(folder, "second", ".jar");
    String library = Path.of(onClassPath("byte-buddy-")).toUri().toString();
    Files.write(
        jar,
        jar(
            "Premain-Class: "
                + SecondAgent.class.getName()
                + "\nCan-Retransform-Classes: true\nClass-Path: "
                + library.replaceAll("(.{40})", "$1\n ") // a line of a manifest is short
                + "\n",
            entries));
    return jar;
  }

  private static void compile(
      Path output, String module, String option, String api, String... names) throws IOException {
    Path sources = Files.createTempDirectory(folder, "sources");
    List<String> arguments = new ArrayList<>(List.of("--release", "17", "-Xlint:none", "-d"));
    arguments.addAll(List.of(output.toString(), option, api));
    for (String name : names) {
      arguments.add(Files.writeString(sources.resolve(name + ".java"), source(name)).toString());
    }
    if (!module.isEmpty()) {
      arguments.add(Files.writeString(sources.resolve("module-info.java"), module).toString());
    }
    javac(arguments.toArray(String[]::new));
  }

  private static void javac(String... arguments) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status = ToolProvider.getSystemJavaCompiler().run(null, said, said, arguments);
    assertEquals(0, status, () -> Arrays.toString(arguments) + "\n" + said);
  }

  private static String source(String name) {
    try (InputStream in = EcosystemIT.class.getResourceAsStream("eco/" + name + ".java.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] classFile(String name) throws IOException {
    return Files.readAllBytes(classes.resolve("eco/" + name + ".class"));
  }

  /** A jar whose inner jars are stored, as the loader of Spring Boot wants them. */
  private static byte[] jar(String manifest, Map<String, byte[]> entries) throws IOException {
    String text = "Manifest-Version: 1.0\n" + manifest;
    Manifest read = new Manifest(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream out = new JarOutputStream(bytes, read)) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        JarEntry entry = new JarEntry(each.getKey());
        if (each.getKey().endsWith(".jar")) {
          CRC32 crc = new CRC32();
          crc.update(each.getValue());
          entry.setMethod(JarEntry.STORED);
          entry.setSize(each.getValue().length);
          entry.setCrc(crc.getValue());
        }
        out.putNextEntry(entry);
        out.write(each.getValue());
        out.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static String onClassPath(String file) {
    List<String> found =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(each -> new File(each).getName().startsWith(file))
            .toList();
    assertNotEquals(List.of(), found, () -> file + " is not on the class path");
    return found.get(0);
  }
}
