package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program's report, from folders, jars and jars in jars; no class is loaded. */
class ProgramCheckTest {
  private static final String PROGRAM =
      """
      class Good { @Shared static int[][][] cube = new int[2][3][4]; static int get() { return cube[1][2][3]; } }
      class Plain { static int f(int x) { return x; } static { if (true) throw new AssertionError("initialized"); } }
      class Bad {
        @Shared static Thread worker;
        @Shared static Object[] things = new Object[3];
        static int f() {
          things[0] = new ArrayList<String>();
          return 1;
        }
      }
      class Worse {
        @Shared static java.util.ArrayList<String> list;
        @Shared static Runnable[] fine;
        @Shared static final Object lock = "x";
        static void f() {}
      }
      """;

  @TempDir Path folder;

  @Test
  void tellsAllProblemsOfAFolder() throws IOException {
    for (Map.Entry<String, byte[]> file : compiled(PROGRAM).entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    ProgramClasses first = ProgramClasses.of(folder.toString());
    tellsAll(ProgramCheck.of(first, List.of()));
    // and once more in one JVM: a class that is only checked is not there for others
    tellsAll(ProgramCheck.of(ProgramClasses.of(folder.toString()), List.of()));
    Reference.reachabilityFence(first);
  }

  @Test
  void readsJarsInJarsAndWhatManifestsName() throws IOException {
    Map<String, byte[]> files = compiled(PROGRAM);
    Map<String, byte[]> bad = new TreeMap<>();
    bad.put("app/Bad.class", files.remove("app/Bad.class"));
    Map<String, byte[]> fat = new TreeMap<>();
    files.forEach((name, bytes) -> fat.put("BOOT-INF/classes/" + name, bytes));
    fat.put("BOOT-INF/lib/inner.jar", jar(new Manifest(), bad));
    Files.write(folder.resolve("fat.jar"), jar(new Manifest(), fat));
    Manifest names = new Manifest();
    names.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    names.getMainAttributes().put(Attributes.Name.CLASS_PATH, "fat.jar gone.jar");
    Files.write(folder.resolve("start.jar"), jar(names, Map.of()));
    tellsAll(ProgramCheck.of(ProgramClasses.of(folder.resolve("start.jar").toString()), List.of()));
  }

  @Test
  void takesTheClassesOfThisJavaAndTheFirstOnThePath() throws IOException {
    byte[] bad = compiled("class X { @Shared static Thread t; }").get("app/X.class");
    byte[] good = compiled("class X { @Shared static int t; }").get("app/X.class");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
    Path versioned = folder.resolve("versioned.jar");
    Files.write(
        versioned,
        jar(
            manifest,
            Map.of(
                "app/X.class", bad,
                "META-INF/versions/11/app/X.class", good,
                "META-INF/versions/999/app/X.class", bad)));
    Path second = folder.resolve("second.jar");
    Files.write(second, jar(new Manifest(), Map.of("app/X.class", bad)));
    ProgramCheck check =
        ProgramCheck.of(ProgramClasses.of(versioned + File.pathSeparator + second), List.of());
    assertEquals(1, check.classes());
    assertEquals(List.of(), check.refusals());
    assertEquals(1, ProgramCheck.of(ProgramClasses.of("" + second), List.of()).refusals().size());
  }

  private static void tellsAll(ProgramCheck check) {
    assertEquals(4, check.classes());
    assertEquals(3, check.rewritten());
    List<String> refused = check.refusals().stream().map(Refusal::className).sorted().toList();
    String text =
        String.join("\n", check.refusals().stream().map(Refusal::message).sorted().toList());
    assertEquals(List.of("app.Bad", "app.Worse"), refused, text);
    assertTrue(text.contains("dsm: class app.Bad cannot be shared as written"), text);
    assertTrue(text.contains("field worker"), text);
    assertTrue(text.contains("method f, line 8: a java.util.ArrayList is stored"), text);
    assertTrue(text.contains("field list"), text);
  }

  private static Map<String, byte[]> compiled(String source) {
    Map<String, byte[]> files = new TreeMap<>();
    Sources.compile(true, source)
        .forEach((name, bytes) -> files.put(name.replace('.', '/') + ".class", bytes));
    return files;
  }

  private static byte[] jar(Manifest manifest, Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey()));
        jar.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }
}
