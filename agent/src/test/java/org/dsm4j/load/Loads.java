package org.dsm4j.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the classes of a list and prints what that cost the process, in ns of CPU time: all of it
 * before, and the loading. With {@code init} as second argument it links and initializes them, too.
 */
public final class Loads {
  private Loads() {}

  public static void main(String[] arguments) throws Exception {
    List<String> names = Files.readAllLines(Path.of(arguments[0]));
    boolean initialize = arguments[1].equals("init");
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    ClassLoader loader = Loads.class.getClassLoader();
    int failed = 0;
    long start = system.getProcessCpuTime();
    for (String name : names) {
      try {
        Class.forName(name, initialize, loader);
      } catch (LinkageError optionalDependency) {
        failed++;
      }
    }
    long end = system.getProcessCpuTime();
    System.out.println("loads " + start + " " + (end - start) + " " + failed);
  }
}
