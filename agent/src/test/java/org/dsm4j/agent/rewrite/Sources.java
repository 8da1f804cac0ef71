package org.dsm4j.agent.rewrite;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.dsm4j.Shared;

/** Compiles sources of tests in memory, all in package {@code app}. */
final class Sources {
  private static final String HEADER =
      "package app; import org.dsm4j.*; import java.util.*; import java.util.function.*; import java.util.stream.*;\n";

  private Sources() {}

  /**
   * The class files by name with dots; top-level types are found by their order: one per string.
   */
  static Map<String, byte[]> compile(boolean debug, String... sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    Output output = new Output(compiler.getStandardFileManager(diagnostics, null, null));
    List<JavaFileObject> units = new ArrayList<>();
    for (int i = 0; i < sources.length; i++) {
      units.add(source("Unit" + i, HEADER + sources[i]));
    }
    List<String> options =
        List.of("-cp", api(), debug ? "-g" : "-g:none", "--release", "17", "-proc:none");
    if (!compiler.getTask(null, output, diagnostics, options, null, units).call()) {
      StringBuilder message = new StringBuilder();
      for (Diagnostic<?> diagnostic : diagnostics.getDiagnostics()) {
        message.append(diagnostic).append('\n');
      }
      throw new IllegalArgumentException(message.toString());
    }
    Map<String, byte[]> classes = new TreeMap<>();
    output.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
    return classes;
  }

  private static String api() {
    try {
      return Path.of(Shared.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (java.net.URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static JavaFileObject source(String name, String text) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }

      @Override
      public boolean isNameCompatible(String simpleName, Kind kind) {
        return true;
      }
    };
  }

  private static final class Output extends ForwardingJavaFileManager<StandardJavaFileManager> {
    final Map<String, ByteArrayOutputStream> classes = new TreeMap<>();

    Output(StandardJavaFileManager manager) {
      super(manager);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      classes.put(className, bytes);
      return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
        @Override
        public OutputStream openOutputStream() {
          return bytes;
        }
      };
    }
  }
}
