package org.dsm4j.load;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/**
 * Thousands of classes that touch nothing shared, as programs have them: a package of a shop
 * (interfaces, records, enums, services with lambdas, inner classes, collections, arrays, a few
 * monitors), compiled by javac, and copied under other names. Each copy refers to classes of its
 * own package and to some of the package before it.
 */
public final class ManyClasses {
  private static final String PACKAGE = "shop/p0/";
  private static final String PREVIOUS = "shop/p1/";

  private ManyClasses() {}

  /** The class files by their internal names, in the order in which a program would load them. */
  public static Map<String, byte[]> generate(Path folder, int classes) throws IOException {
    Map<String, byte[]> templates = compile(folder);
    Map<String, byte[]> all = new LinkedHashMap<>();
    for (int copy = 0; all.size() < classes; copy++) {
      String own = "shop/c" + copy + "/";
      String previous = "shop/c" + Math.max(0, copy - 1) + "/";
      for (Map.Entry<String, byte[]> template : templates.entrySet()) {
        if (all.size() < classes) {
          String name = own + template.getKey().substring(PACKAGE.length());
          all.put(name, rename(template.getValue(), own, previous));
        }
      }
    }
    return all;
  }

  /** Writes them into a jar, and their names into a list beside it. */
  public static void write(Map<String, byte[]> classes, Path jar, Path list) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Map.Entry<String, byte[]> each : classes.entrySet()) {
        out.putNextEntry(new JarEntry(each.getKey() + ".class"));
        out.write(each.getValue());
        out.closeEntry();
      }
    }
    Files.write(list, classes.keySet().stream().map(name -> name.replace('/', '.')).toList());
  }

  private static byte[] rename(byte[] template, String own, String previous) {
    ClassReader reader = new ClassReader(template);
    ClassWriter writer = new ClassWriter(0);
    reader.accept(
        new ClassRemapper(
            writer,
            new Remapper() {
              @Override
              public String map(String name) {
                if (name.startsWith(PACKAGE)) {
                  return own + name.substring(PACKAGE.length());
                }
                return name.startsWith(PREVIOUS)
                    ? previous + name.substring(PREVIOUS.length())
                    : name;
              }
            }),
        0);
    return writer.toByteArray();
  }

  private static Map<String, byte[]> compile(Path folder) throws IOException {
    Path sources = folder.resolve("shop-sources");
    Path output = Files.createDirectories(folder.resolve("shop-classes"));
    List<String> arguments = new ArrayList<>(List.of("--release", "17", "-g", "-nowarn", "-d"));
    arguments.add(output.toString());
    for (String name : List.of("p0", "p1")) {
      Path target = Files.createDirectories(sources.resolve(name)).resolve("Shop.java");
      Files.writeString(target, source(name));
      arguments.add(target.toString());
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new IllegalStateException("the classes to be loaded do not compile");
    }
    Map<String, byte[]> templates = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(output.resolve(PACKAGE))) {
      files
          .filter(file -> file.toString().endsWith(".class"))
          .sorted()
          .forEach(file -> templates.put(nameOf(output, file), read(file)));
    }
    return templates;
  }

  private static String nameOf(Path output, Path file) {
    String name = output.relativize(file).toString();
    return name.substring(0, name.length() - ".class".length());
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String source(String name) throws IOException {
    try (var in = ManyClasses.class.getResourceAsStream("Shop.java.txt")) {
      String other = name.equals("p0") ? "p1" : "p0";
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
          .replace("PACKAGE", name)
          .replace("OTHER", other);
    }
  }
}
