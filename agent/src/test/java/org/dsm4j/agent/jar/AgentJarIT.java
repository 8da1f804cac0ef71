package org.dsm4j.agent.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The finished dsm-agent.jar, as a user has it. */
class AgentJarIT {
  private static final String HELLO =
      "import org.dsm4j.Dsm;\n"
          + "public class Hello {\n"
          + "  public static void main(String[] args) {\n"
          + "    System.out.println(\"hello \" + Dsm.node() + \" of \" + Dsm.nodes());\n"
          + "  }\n"
          + "}\n";

  /** Prints what an agent might have changed in its host. */
  private static final String HOST =
      """
      import java.util.TreeMap;
      public class Host {
        public static void main(String[] args) {
          new TreeMap<>(System.getProperties()).forEach((k, v) -> System.out.println(k + "=" + v));
          System.out.println("handler " + Thread.getDefaultUncaughtExceptionHandler());
          System.out.println("context " + (Thread.currentThread().getContextClassLoader()
              == Host.class.getClassLoader()));
          System.out.println("priority " + Thread.currentThread().getPriority());
          Thread.getAllStackTraces().keySet().stream()
              // jffi has a java.lang.ref.Cleaner, whose thread the JDK names.
              .filter(t -> !t.isDaemon() || !t.getName().matches("dsm-.*|Cleaner-\\\\d+"))
              .map(t -> "thread " + t.getName() + " " + t.isDaemon())
              .sorted().distinct().forEach(System.out::println);
          System.out.println("jul " + java.util.logging.Logger.getLogger("").getHandlers().length);
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void withoutArgumentsItHelpsAndFails() throws IOException, InterruptedException {
    Jvm.Result result = Jvm.dsm(folder);
    assertEquals(2, result.status());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("Usage: dsm"), result.err());
    assertTrue(result.err().contains("doctor"), result.err());
  }

  @Test
  void helpOfACommandSucceeds() throws IOException, InterruptedException {
    Jvm.Result result = Jvm.dsm(folder, "run", "--help");
    assertEquals(0, result.status());
    assertTrue(result.out().contains("dsm run -n N"), result.out());
    assertEquals("", result.err());
  }

  @Test
  void checksAProgramOfSharedClassesWithoutAnAgent() throws IOException, InterruptedException {
    String shared = "@org.dsm4j.Shared class Cell { int value; Cell next; }";
    Path classes = Jvm.compile(folder, Map.of("Cell.java", shared));
    Jvm.Result result = Jvm.dsm(folder, "check", "-cp", classes.toString());
    assertEquals(0, result.status(), result.toString());
  }

  @Test
  void theManifestSaysWhatItIs() throws IOException {
    try (JarFile jar = new JarFile(Jvm.JAR.toFile())) {
      Attributes attributes = jar.getManifest().getMainAttributes();
      assertEquals("org.dsm4j.agent.launch.Premain", attributes.getValue("Premain-Class"));
      assertEquals("true", attributes.getValue("Can-Retransform-Classes"));
      List<String> foreign =
          jar.stream()
              .map(java.util.zip.ZipEntry::getName)
              .filter(name -> !name.matches("(inst|org/dsm4j|META-INF)/.*"))
              .toList();
      assertEquals(List.of(), foreign, "only our own packages are at the root");
    }
  }

  @Test
  void aProgramCompilesAgainstItAndRuns() throws IOException, InterruptedException {
    Path classes = Jvm.compile(folder, Map.of("Hello.java", HELLO));
    Jvm.Result result =
        Jvm.run(folder, "-javaagent:" + Jvm.JAR, "-cp", classes.toString(), "Hello");
    assertEquals(new Jvm.Result(0, "hello 0 of 1\n", ""), result);
  }

  @Test
  void itMayBeRenamedAndLieAnywhere() throws IOException, InterruptedException {
    Path classes = Jvm.compile(folder, Map.of("Hello.java", HELLO));
    Path other = Files.createDirectories(folder.resolve("a folder/ü %20")).resolve("my dsm.jar");
    Files.copy(Jvm.JAR, other);
    Jvm.Result result = Jvm.run(folder, "-javaagent:" + other, "-cp", classes.toString(), "Hello");
    assertEquals(new Jvm.Result(0, "hello 0 of 1\n", ""), result);
    Jvm.Result launched =
        Jvm.run(folder, "-jar", other.toString(), "run", "-cp", classes.toString(), "Hello");
    assertEquals(new Jvm.Result(0, "hello 0 of 1\n", ""), launched);
  }

  @Test
  void withoutTheAgentCallsSayHowToStart() throws IOException, InterruptedException {
    Path classes = Jvm.compile(folder, Map.of("Hello.java", HELLO));
    Jvm.Result result = Jvm.run(folder, "-cp", classes + ":" + Jvm.JAR, "Hello");
    assertEquals(1, result.status());
    assertTrue(result.errLines().get(0).contains("java -javaagent:dsm-agent.jar"), result.err());
  }

  @Test
  void onTheClassPathTooItIsTheSame() throws IOException, InterruptedException {
    Path classes = Jvm.compile(folder, Map.of("Hello.java", HELLO));
    Jvm.Result result =
        Jvm.run(folder, "-javaagent:" + Jvm.JAR, "-cp", Jvm.JAR + ":" + classes, "Hello");
    assertEquals(new Jvm.Result(0, "hello 0 of 1\n", ""), result);
  }

  @Test
  void nothingOfTheHostIsChanged() throws IOException, InterruptedException {
    String classes = Jvm.compile(folder, Map.of("Host.java", HOST)).toString();
    Jvm.Result without = Jvm.run(folder, "-cp", classes, "Host");
    Jvm.Result with = Jvm.run(folder, "-javaagent:" + Jvm.JAR, "-cp", classes, "Host");
    assertEquals(0, with.status(), with.err());
    assertEquals("", with.err());
    // The JVM itself appends an agent's jar to the class path it shows.
    String expected =
        without
            .out()
            .replace("java.class.path=" + classes, "java.class.path=" + classes + ":" + Jvm.JAR);
    List<String> more = new ArrayList<>(with.outLines());
    more.removeAll(expected.lines().toList());
    more.removeAll(without.outLines());
    assertEquals(List.of(), more, "what only is there with the agent");
    List<String> less = new ArrayList<>(without.outLines());
    less.removeAll(with.outLines());
    less.removeIf(line -> line.startsWith("java.class.path="));
    assertEquals(List.of(), less, "what only is there without the agent");
  }

  @Test
  void librariesOfTheSameNamesAreTheApplications() throws IOException, InterruptedException {
    Map<String, String> sources = new java.util.TreeMap<>();
    List<String> names =
        List.of(
            "io.netty.buffer.ByteBuf",
            "io.netty.bootstrap.Bootstrap",
            "net.bytebuddy.ByteBuddy",
            "org.objectweb.asm.ClassReader",
            "ch.qos.logback.classic.Logger",
            "org.slf4j.LoggerFactory",
            "com.kenai.jffi.Foreign",
            "jnr.ffi.LibraryLoader",
            "com.fasterxml.jackson.core.JsonFactory",
            "org.HdrHistogram.Histogram",
            "picocli.CommandLine");
    StringBuilder uses = new StringBuilder();
    for (String name : names) {
      int dot = name.lastIndexOf('.');
      sources.put(
          name.replace('.', '/') + ".java",
          "package %s; public class %s { public static String mine() { return \"application's\"; } }"
              .formatted(name.substring(0, dot), name.substring(dot + 1)));
      uses.append(
          "System.out.println(%s.mine() + ' ' + %s.class.getClassLoader().getName());\n"
              .formatted(name, name));
    }
    sources.put(
        "Uses.java",
        """
        public class Uses {
          public static void main(String[] args) throws Exception {
            org.dsm4j.SharedMemory memory = org.dsm4j.Dsm.allocate("m", 4096);
            memory.putLong(8, 42);
            %s
            try {
              Class.forName("io.netty.channel.Channel");
              System.out.println("a library of the agent is visible");
            } catch (ClassNotFoundException e) {
              System.out.println(memory.getLong(8));
            }
            System.out.println(ClassLoader.getSystemResource("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"));
          }
        }
        """
            .formatted(uses));
    Path classes = Jvm.compile(folder, sources);
    Jvm.Result result = Jvm.run(folder, "-javaagent:" + Jvm.JAR, "-cp", classes.toString(), "Uses");
    List<String> expected = new ArrayList<>();
    names.forEach(name -> expected.add("application's app"));
    expected.add("42");
    expected.add("null");
    assertEquals(expected, result.outLines(), result.err());
    assertEquals("", result.err());
  }

  @ParameterizedTest
  @CsvSource({
    "noeds=2, 'there is no setting \"noeds\"'",
    "nodes=0, 'setting nodes is \"0\" (agent arguments); allowed: a whole number, 1 to 4096'",
    "nodes=2, 'setting manager is missing'",
    "nodes, 'is not key=value'"
  })
  void wrongSettingsEndItWithOneLine(String arguments, String message)
      throws IOException, InterruptedException {
    Path classes = Jvm.compile(folder, Map.of("Hello.java", HELLO));
    Jvm.Result result =
        Jvm.run(
            folder, "-javaagent:" + Jvm.JAR + "=" + arguments, "-cp", classes.toString(), "Hello");
    assertEquals(2, result.status(), result.err());
    assertEquals("", result.out());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().startsWith("dsm: "), result.err());
    assertTrue(result.err().contains(message), result.err());
  }

  @Test
  void givenTwiceItStartsOnce() throws IOException, InterruptedException {
    Path classes = Jvm.compile(folder, Map.of("Hello.java", HELLO));
    Jvm.Result result =
        Jvm.run(
            folder,
            "-javaagent:" + Jvm.JAR,
            "-javaagent:" + Jvm.JAR,
            "-cp",
            classes.toString(),
            "Hello");
    assertEquals(0, result.status());
    assertEquals("hello 0 of 1\n", result.out());
    assertEquals(1, result.errLines().size(), result.err());
  }

  @Test
  void anExceptionOutOfMainIsShownAsEver() throws IOException, InterruptedException {
    Path classes =
        Jvm.compile(
            folder,
            Map.of(
                "Thrower.java",
                "public class Thrower { public static void main(String[] a) { throw new"
                    + " IllegalStateException(\"gone\"); } }"));
    Jvm.Result without = Jvm.run(folder, "-cp", classes.toString(), "Thrower");
    Jvm.Result with =
        Jvm.run(folder, "-javaagent:" + Jvm.JAR, "-cp", classes.toString(), "Thrower");
    assertEquals(without, with);
    assertEquals(1, with.status());
  }

  @Test
  void versionAndSettings() throws IOException, InterruptedException {
    Jvm.Result version = Jvm.dsm(folder, "version");
    assertEquals(0, version.status());
    assertTrue(
        version
            .out()
            .matches("(?s)DSM4J \\d+\\.\\d+\\.\\d+\nbuild \\S+\nnative interface \\d+\nJava .+"),
        version.out());
    Jvm.Result settings = Jvm.run(folder, Jvm.withJar("settings"));
    assertEquals(0, settings.status());
    assertTrue(settings.out().contains("silence = 8s\n"), settings.out());
    assertTrue(!settings.out().contains("lifeline"), settings.out());
  }
}
