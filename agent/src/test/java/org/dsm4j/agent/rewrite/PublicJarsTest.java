package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Whole public jars, rewritten in full as if each of their classes mentioned something shared:
 * every class passes the JVM's verifier. They are those that the tests have on their class path
 * anyway.
 */
class PublicJarsTest {
  @ParameterizedTest
  @CsvSource({
    "asm-9, 30",
    "asm-tree, 30",
    "asm-analysis, 10",
    "junit-jupiter-engine, 100",
    "junit-platform-engine, 100",
    "picocli, 200",
    "jackson-core, 90",
    "netty-common, 300",
    "netty-buffer, 100",
    "byte-buddy-1, 2000"
  })
  void everyClassVerifies(String jar, int classesAtLeast) throws Exception {
    Map<String, byte[]> files = read(jar);
    assertTrue(files.size() >= classesAtLeast, () -> jar + " has " + files.size() + " classes");
    Loader loader = new Loader(files);
    List<String> failures = new ArrayList<>();
    for (String name : files.keySet()) {
      try {
        loader.loadClass(name).getDeclaredMethods(); // links it, and so verifies
      } catch (VerifyError | ClassFormatError failure) {
        failures.add(name + ": " + failure);
      } catch (NoClassDefFoundError | IllegalAccessError missing) {
        // of a library that the jar can do without
      }
    }
    assertEquals(List.of(), failures);
    assertEquals(
        List.of(), loader.rewriter.refusals().stream().map(Refusal::message).limit(5).toList());
    assertTrue(loader.changed * 4 > files.size(), () -> "only " + loader.changed + " were changed");
  }

  private static Map<String, byte[]> read(String jar) throws IOException {
    String path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(each -> new File(each).getName().startsWith(jar))
            .findFirst()
            .orElseThrow();
    Map<String, byte[]> files = new TreeMap<>();
    try (JarFile file = new JarFile(path)) {
      for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        String name = entry.getName();
        if (name.endsWith(".class")
            && !name.startsWith("META-INF/")
            && !name.endsWith("module-info.class")) {
          try (InputStream bytes = file.getInputStream(entry)) {
            files.put(name.replace(".class", "").replace('/', '.'), marked(bytes.readAllBytes()));
          }
        }
      }
    }
    return files;
  }

  /**
   * The class with the annotation's name in its constant pool, so that it mentions something
   * shared; of Java 8, if it was older.
   */
  private static byte[] marked(byte[] file) {
    ClassReader reader = new ClassReader(file);
    ClassWriter writer = new ClassWriter(reader, 0);
    writer.newUTF8(Names.SHARED);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version,
              int access,
              String name,
              String signature,
              String superName,
              String[] interfaces) {
            int atLeast = Math.max(version, Opcodes.V1_8);
            super.visit(atLeast, access, name, signature, superName, interfaces);
          }
        },
        0);
    return writer.toByteArray();
  }

  private static final class Loader extends ClassLoader {
    final Rewriter rewriter =
        new Rewriter(new RewriteConfig(List.of(), null, false, refusal -> {}));
    final SharedTransformer transformer = rewriter.transformer();
    final Map<String, byte[]> files;
    int changed;

    Loader(Map<String, byte[]> files) {
      super(PublicJarsTest.class.getClassLoader());
      this.files = files;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        byte[] file = loaded == null ? files.get(name) : null;
        return file == null
            ? loaded == null ? super.loadClass(name, resolve) : loaded
            : define(name, file);
      }
    }

    private Class<?> define(String name, byte[] file) {
      byte[] rewritten = transformer.transform(this, name.replace('.', '/'), null, null, file);
      if (rewritten != null && !Arrays.equals(rewritten, file)) {
        changed++;
      }
      byte[] used = rewritten == null ? file : rewritten;
      return defineClass(name, used, 0, used.length);
    }

    @Override
    public InputStream getResourceAsStream(String resource) {
      byte[] file = files.get(resource.replace(".class", "").replace('/', '.'));
      return file == null ? super.getResourceAsStream(resource) : new ByteArrayInputStream(file);
    }
  }
}
