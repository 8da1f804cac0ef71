package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.dsm4j.load.ManyClasses;
import org.dsm4j.node.engine.NativeLibrary;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * What native code says of class files ({@code dsm_class_scan}), and how it rewrites them ({@code
 * dsm_class_patch}), against what the rewriter in Java says and does: what native code lets pass is
 * what that would leave as it is.
 */
class NativeScanTest {
  private static final int SHARED = 1;
  private static final int LOOK = 2;
  private static final String[] RELATIONS = {"parent", "tie", "field owner"};

  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.get();
    assertTrue(ClassHook.rules(ScanRules.text(List.of(), true)));
  }

  /** All classes of jars that the tests have on their class path. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "asm-tree",
        "picocli",
        "netty-common",
        "logback-core",
        "byte-buddy-1",
        "archunit-1"
      })
  void agreesOnJars(String jar) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (JarFile in = new JarFile(pathOf(jar))) {
      for (JarEntry entry : (Iterable<JarEntry>) in.stream()::iterator) {
        if (entry.getName().endsWith(".class")) {
          try (InputStream bytes = in.getInputStream(entry)) {
            files.put(entry.getName(), bytes.readAllBytes());
          }
        }
      }
    }
    compare(files, 30);
  }

  /** And of modules of the JDK, compiled for its own release. */
  @ParameterizedTest
  @ValueSource(strings = {"java.base/java/util", "java.base/java/io"})
  void agreesOnTheJdk(String folder) throws IOException {
    Path root = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", folder);
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : (Iterable<Path>) all.filter(NativeScanTest::isClass)::iterator) {
        files.put(each.toString(), Files.readAllBytes(each));
      }
    }
    compare(files, 90);
  }

  /** Of a program's everyday classes the rewriter in Java sees none. */
  @Test
  void leavesNothingToJava(@TempDir Path folder) throws IOException {
    List<String> patched = new ArrayList<>();
    for (Map.Entry<String, byte[]> each : ManyClasses.generate(folder, 24).entrySet()) {
      assertEquals(0, flags(each.getValue()) & (SHARED | LOOK), each.getKey());
      if (ClassHook.patched(each.getValue()) != null) {
        patched.add(each.getKey().substring("shop/c0/".length()));
      }
    }
    assertEquals(List.of("Entity", "Statistics", "Stock"), patched);
  }

  @Test
  void leavesWhatIsNoClassFile() throws IOException {
    byte[] file = new byte[0];
    try (InputStream in = NativeScanTest.class.getResourceAsStream("NativeScanTest.class")) {
      file = in.readAllBytes();
    }
    assertNotNull(ClassHook.examine(file));
    assertNull(ClassHook.examine(Arrays.copyOf(file, 4)));
    assertNull(ClassHook.examine(Arrays.copyOf(file, file.length / 3)));
    assertNull(ClassHook.examine(new byte[100]));
  }

  private static boolean isClass(Path file) {
    return file.toString().endsWith(".class");
  }

  private static String pathOf(String jar) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(each -> new File(each).getName().startsWith(jar))
        .findFirst()
        .orElseThrow();
  }

  private static int flags(byte[] file) {
    String text = new String(ClassHook.examine(file), StandardCharsets.UTF_8);
    return Integer.parseInt(text.lines().findFirst().orElseThrow());
  }

  private static void compare(Map<String, byte[]> files, int atLeast) {
    assertTrue(files.size() >= atLeast, () -> files.size() + " classes");
    int patched = 0;
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      patched += compare(each.getKey(), each.getValue()) ? 1 : 0;
    }
    assertTrue(patched > 0 || files.size() < 500, "nothing is patched");
  }

  /** Whether native code rewrites it. */
  private static boolean compare(String file, byte[] bytes) {
    ClassScan expected = ClassScan.of(bytes);
    byte[] examined = ClassHook.examine(bytes);
    if (expected == null || file.endsWith("-info.class")) {
      return false;
    }
    assertNotNull(examined, file);
    Map<String, Collection<String>> found = new TreeMap<>();
    List<String> lines = new String(examined, StandardCharsets.UTF_8).lines().toList();
    String own = new ClassReader(bytes).getClassName();
    for (String line : lines.subList(1, lines.size())) {
      if (!line.substring(2).equals(own)) {
        String relation = RELATIONS[line.charAt(0) - '1'];
        found.computeIfAbsent(relation, key -> new TreeSet<>()).add(line.substring(2));
      }
    }
    Map<String, Collection<String>> wanted = new TreeMap<>();
    List<List<String>> lists = List.of(expected.parents(), expected.ties(), expected.fieldOwners());
    for (int i = 0; i < RELATIONS.length; i++) {
      if (!lists.get(i).isEmpty()) {
        wanted.put(RELATIONS[i], new TreeSet<>(lists.get(i)));
      }
    }
    assertEquals(wanted, found, file);
    int flags = Integer.parseInt(lines.get(0));
    assertTrue(!expected.mentionsShared() || (flags & SHARED) != 0, file);
    return (flags & LOOK) == 0 && compareRewriting(file, bytes, expected);
  }

  /** What Java's rewriter does must be what native code does, if that takes it upon itself. */
  private static boolean compareRewriting(String file, byte[] bytes, ClassScan scan) {
    byte[] patched = ClassHook.patched(bytes);
    int flags = flags(bytes);
    if (patched == null && flags > LOOK) {
      return false; // it leaves that to Java, or does nothing: the latter is looked at below
    }
    if (patched == null && !PlainClassRewriter.concerns(bytes, scan.pool())) {
      return false;
    }
    ClassLookup lookup = new ClassLookup(NativeScanTest.class.getClassLoader());
    ClassFacts facts = ClassFacts.read(bytes);
    byte[] rewritten = PlainClassRewriter.rewrite(bytes, facts, lookup, false);
    if (patched == null) {
      assertNull(rewritten, () -> file + " is rewritten by Java only");
      return false;
    }
    assertNotNull(rewritten, () -> file + " is rewritten by native code only");
    assertArrayEquals(
        inserted(rewritten).toArray(), inserted(patched).toArray(), () -> "in " + file);
    assertEquals(lines(bytes), lines(patched), file);
    return true;
  }

  /** The calls of the bridge in the order of the code, with the texts that they are given. */
  private static List<String> inserted(byte[] file) {
    ClassNode node = new ClassNode();
    new ClassReader(file).accept(node, ClassReader.SKIP_DEBUG);
    List<String> calls = new ArrayList<>();
    for (MethodNode method : node.methods) {
      for (AbstractInsnNode insn : method.instructions) {
        if (insn instanceof MethodInsnNode call && call.owner.startsWith(Names.BRIDGE)) {
          AbstractInsnNode before = insn.getPrevious();
          String text = before instanceof LdcInsnNode ldc ? ldc.cst.toString() : "";
          String name =
              switch (call.name) {
                case "lock", "enter" -> "enter";
                case "unlocked", "exited" -> "exited";
                default -> call.name + call.desc;
              };
          // Of what cannot be null it does not matter what would be said.
          boolean cannotBeNull =
              text.equals("Cannot enter synchronized block") || text.endsWith(" \"this\" is null");
          calls.add(method.name + ": " + name + (cannotBeNull ? "" : text));
        } else if (insn.getOpcode() == Opcodes.MONITORENTER) {
          calls.add(method.name + ": monitorenter");
        }
      }
    }
    return calls;
  }

  private static List<String> lines(byte[] file) {
    ClassNode node = new ClassNode();
    new ClassReader(file).accept(node, ClassReader.SKIP_FRAMES);
    List<String> lines = new ArrayList<>();
    for (MethodNode method : node.methods) {
      for (AbstractInsnNode insn : method.instructions) {
        if (insn instanceof org.objectweb.asm.tree.LineNumberNode line) {
          lines.add(method.name + method.desc + ' ' + line.line);
        }
      }
    }
    return lines;
  }
}
