package org.dsm4j.agent.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to run, said as the command java has it: what names the program ends the options. */
final class ProgramOptions {
  private static final String SOURCE = ".java";

  @Option(
      names = {"-cp", "-classpath", "--class-path"},
      paramLabel = "PATH",
      description = "Class path of the program.")
  private String classPath;

  @Option(
      names = {"-p", "--module-path"},
      paramLabel = "PATH",
      description = "Module path of the program.")
  private String modulePath;

  @Option(
      names = "--add-modules",
      paramLabel = "MODULE,...",
      description = "Modules to resolve beside the program's.")
  private String addedModules;

  @Option(
      names = {"-m", "--module"},
      paramLabel = "MODULE[/MAINCLASS]",
      arity = "1",
      parameterConsumer = RestOfLine.class,
      description = "The program's module; what follows is the program's.")
  private List<String> module;

  @Option(
      names = "-jar",
      paramLabel = "JAR",
      arity = "1",
      parameterConsumer = RestOfLine.class,
      description = "The program's jar; what follows is the program's.")
  private List<String> jar;

  @Parameters(
      paramLabel = "MAINCLASS ARGUMENT",
      description =
          "The program's main class, with -cp; or a source file, as of java Main.java; or @FILE with"
              + " what else stands here. What follows is the program's.")
  private List<String> mainAndArguments = new ArrayList<>();

  /**
   * The end of each node's command line: options of the command java, and the program.
   *
   * @throws picocli.CommandLine.ParameterException if it names no program, in one line
   */
  List<String> application(CommandSpec spec) {
    List<String> all = new ArrayList<>();
    add(all, "-p", modulePath);
    add(all, "--add-modules", addedModules);
    if (jar != null) {
      return fromJar(spec, all);
    }
    if (module != null) {
      add(all, "-cp", classPath);
      all.add("-m");
      all.addAll(module);
      return all;
    }
    return fromClassPath(spec, all);
  }

  private static void add(List<String> all, String option, String value) {
    if (value != null) {
      all.addAll(List.of(option, value));
    }
  }

  private List<String> fromJar(CommandSpec spec, List<String> all) {
    if (classPath != null) {
      throw ClusterOptions.misuse(spec, "give either -jar or -cp, not both");
    }
    if (!Files.isRegularFile(Path.of(jar.get(0)))) {
      throw ClusterOptions.misuse(spec, "there is no file " + jar.get(0));
    }
    all.add("-jar");
    all.addAll(jar);
    return all;
  }

  private List<String> fromClassPath(CommandSpec spec, List<String> all) {
    if (mainAndArguments.isEmpty()) {
      throw ClusterOptions.misuse(
          spec, "nothing to run; give -jar app.jar, or -cp PATH and the main class");
    }
    String main = mainAndArguments.get(0);
    if (main.startsWith("-")) {
      throw ClusterOptions.misuse(
          spec, "unknown option " + main + "; options of the JVM are given as: -J " + main);
    }
    String path = classPath;
    if (main.endsWith(SOURCE)) {
      path = sourcePath(spec, main);
    } else if (path == null && !main.startsWith("@")) {
      String hint = main.endsWith(".jar") ? "; a jar is run with -jar" : "";
      throw ClusterOptions.misuse(
          spec, "main class " + main + " needs its class path, -cp PATH" + hint);
    }
    add(all, "-cp", path);
    all.addAll(mainAndArguments);
    return all;
  }

  /** The compiler in the JVM looks for the API on the class path. */
  private String sourcePath(CommandSpec spec, String source) {
    if (!Files.isRegularFile(Path.of(source))) {
      throw ClusterOptions.misuse(spec, "there is no file " + source);
    }
    return classPath == null ? OwnJar.path().toString() : OwnJar.path() + ":" + classPath;
  }
}
