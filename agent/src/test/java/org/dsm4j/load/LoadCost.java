package org.dsm4j.load;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * What loading classes that touch nothing shared costs with the agent, in CPU time of the whole
 * process, against an agent that does nothing. JVMs with the one and the other are run in turns;
 * the result is the median of the quotients of neighbours.
 *
 * <p>Arguments: {@code AGENT.jar [rounds=N] [classes=N] [mode=init|load] [jar=FILE]
 * [option=-X...]}. Without {@code jar} it makes the classes itself ({@link ManyClasses}); {@code
 * init} links, verifies and initializes them.
 */
public final class LoadCost {
  private static final long LIMIT_SECONDS = 120;

  private LoadCost() {}

  /** An agent that does nothing. */
  public static final class Empty {
    private Empty() {}

    public static void premain(String arguments, Instrumentation instrumentation) {}
  }

  /** An agent that is asked for each class, and leaves it. */
  public static final class Asked {
    private Asked() {}

    public static void premain(String arguments, Instrumentation instrumentation) {
      instrumentation.addTransformer(new ClassFileTransformer() {});
    }
  }

  /**
   * One run: CPU time before the classes were loaded, and of the loading.
   *
   * @param failed classes that could not be loaded, for want of others
   */
  record Cost(double startMillis, double loadMillis, int failed) {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = new TreeMap<>();
    for (int i = 1; i < arguments.length; i++) {
      int equals = arguments[i].indexOf('=');
      options.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
    }
    Path folder =
        options.containsKey("folder")
            ? Files.createDirectories(Path.of(options.get("folder")))
            : Files.createTempDirectory("loadcost");
    Path agent = Path.of(arguments[0]).toAbsolutePath();
    System.out.println(
        new LoadCost.Measurement(folder, options)
            .against(agent, Integer.parseInt(options.getOrDefault("rounds", "7"))));
  }

  /** The classes to be loaded, and the agents to load them with. */
  static final class Measurement {
    private final Path folder;
    private final Path jar;
    private final Path list;
    private final String mode;
    private final List<String> jvmOptions = new ArrayList<>();
    private final Path empty;
    private final Path asked;

    Measurement(Path folder, Map<String, String> options) throws IOException {
      this.folder = folder;
      this.list = folder.resolve("names");
      this.mode = options.getOrDefault("mode", "init");
      int classes = Integer.parseInt(options.getOrDefault("classes", "10000"));
      if (options.containsKey("jar")) {
        this.jar = Path.of(options.get("jar"));
        listOf(jar, classes);
      } else {
        this.jar = folder.resolve("many.jar");
        ManyClasses.write(ManyClasses.generate(folder, classes), jar, list);
      }
      if (options.containsKey("option")) {
        jvmOptions.addAll(List.of(options.get("option").split(" ")));
      }
      this.empty = agent(Empty.class);
      this.asked = agent(Asked.class);
    }

    private void listOf(Path file, int classes) throws IOException {
      try (java.util.jar.JarFile in = new java.util.jar.JarFile(file.toFile())) {
        Files.write(
            list,
            in.stream()
                .map(JarEntry::getName)
                .filter(name -> name.endsWith(".class") && !name.contains("-"))
                .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
                .limit(classes)
                .toList());
      }
    }

    private Path agent(Class<?> main) throws IOException {
      Path file = folder.resolve(main.getSimpleName() + ".jar");
      Manifest manifest = new Manifest();
      manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      manifest.getMainAttributes().putValue("Premain-Class", main.getName());
      try (OutputStream bytes = Files.newOutputStream(file);
          JarOutputStream out = new JarOutputStream(bytes, manifest)) {
        List<String> names = new ArrayList<>(List.of(main.getName()));
        if (main == Asked.class) {
          names.add(main.getName() + "$1");
        }
        for (String name : names) {
          String entry = name.replace('.', '/') + ".class";
          out.putNextEntry(new JarEntry(entry));
          try (var in = LoadCost.class.getClassLoader().getResourceAsStream(entry)) {
            in.transferTo(out);
          }
          out.closeEntry();
        }
      }
      return file;
    }

    /** Runs the pairs and says the medians. */
    String against(Path agent, int rounds) throws IOException, InterruptedException {
      Map<String, Path> agents = new TreeMap<>(Map.of("0 empty", empty, "1 asked", asked));
      agents.put("2 dsm", agent);
      Map<String, List<Cost>> costs = new TreeMap<>();
      for (int round = 0; round < rounds; round++) {
        List<String> order = new ArrayList<>(agents.keySet());
        java.util.Collections.rotate(order, round);
        for (String each : order) {
          costs.computeIfAbsent(each, key -> new ArrayList<>()).add(run(agents.get(each)));
        }
      }
      StringBuilder text = new StringBuilder();
      List<Cost> base = costs.get("0 empty");
      costs.forEach(
          (name, all) ->
              text.append(
                  String.format(
                      "%-8s start %7.0f ms  load %7.0f ms  load/empty %6.3f  all/empty %6.3f  failed %d%n",
                      name,
                      median(all.stream().mapToDouble(Cost::startMillis).toArray()),
                      median(all.stream().mapToDouble(Cost::loadMillis).toArray()),
                      quotient(all, base, false),
                      quotient(all, base, true),
                      all.get(0).failed())));
      return text.toString();
    }

    private static double quotient(List<Cost> costs, List<Cost> base, boolean all) {
      double[] quotients = new double[costs.size()];
      for (int i = 0; i < quotients.length; i++) {
        Cost one = costs.get(i);
        Cost other = base.get(i);
        quotients[i] =
            (one.loadMillis() + (all ? one.startMillis() : 0))
                / (other.loadMillis() + (all ? other.startMillis() : 0));
      }
      return median(quotients);
    }

    private static double median(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
    }

    Cost run(Path agent) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC"));
      command.addAll(jvmOptions);
      command.add("-javaagent:" + agent);
      String own =
          Path.of(Loads.class.getProtectionDomain().getCodeSource().getLocation().getPath())
              .toString();
      command.addAll(List.of("-cp", jar + java.io.File.pathSeparator + own));
      command.addAll(List.of(Loads.class.getName(), list.toString(), mode));
      Path out = folder.resolve("out");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("no end in time: " + command);
      }
      for (String line : Files.readAllLines(out)) {
        if (line.startsWith("loads ")) {
          String[] words = line.split(" ");
          return new Cost(
              Long.parseLong(words[1]) / 1e6,
              Long.parseLong(words[2]) / 1e6,
              Integer.parseInt(words[3]));
        }
      }
      throw new IllegalStateException(Files.readString(out));
    }
  }
}
