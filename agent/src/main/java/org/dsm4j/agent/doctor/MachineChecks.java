package org.dsm4j.agent.doctor;

import java.util.List;
import java.util.Set;

/** Processor, system and JVM. */
final class MachineChecks {
  private static final Set<Integer> TESTED = Set.of(17, 25);
  private static final int OLDEST_JAVA = 17;

  /** MAP_FIXED_NOREPLACE came with it. */
  private static final double OLDEST_KERNEL = 4.17;

  private static final long TESTED_PAGE_BYTES = 4096;

  private final ProcFiles proc;

  MachineChecks(ProcFiles proc) {
    this.proc = proc;
  }

  List<Finding> all() {
    return List.of(system(), architecture(), java(), cores(), kernel(), pageSize());
  }

  private static Finding system() {
    String name = System.getProperty("os.name");
    return name.equals("Linux")
        ? Finding.ok("system", name)
        : Finding.fail("system", name, "run on Linux");
  }

  private static Finding architecture() {
    String name = System.getProperty("os.arch");
    return switch (name) {
      case "amd64" -> Finding.ok("architecture", "x86-64");
      case "aarch64" ->
          Finding.warn("architecture", "AArch64", "it compiles but is not tested; x86-64 is");
      default -> Finding.fail("architecture", name, "run on x86-64");
    };
  }

  private static Finding java() {
    int feature = Runtime.version().feature();
    String text = Runtime.version() + " (" + System.getProperty("java.vm.name") + ")";
    if (feature < OLDEST_JAVA) {
      return Finding.fail("Java", text, "use JDK 17 or later");
    }
    if (!System.getProperty("java.vm.name").contains("64-Bit Server VM")) {
      return Finding.warn("Java", text, "use a 64-bit HotSpot JVM, which is the one tested");
    }
    return TESTED.contains(feature)
        ? Finding.ok("Java", text)
        : Finding.warn("Java", text, "tested are 17 and 25");
  }

  private static Finding cores() {
    int cores = Runtime.getRuntime().availableProcessors();
    return cores > 1
        ? Finding.ok("cores", cores + "")
        : Finding.warn("cores", "1", "nodes on one core take turns; give it a core for each node");
  }

  private static Finding kernel() {
    String version = System.getProperty("os.version");
    String[] parts = version.split("[^0-9]+");
    double number = Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]) / 100.0;
    return number >= OLDEST_KERNEL
        ? Finding.ok("kernel", version)
        : Finding.fail("kernel", version, "use Linux 4.17 or later");
  }

  private Finding pageSize() {
    long bytes = proc.pageSize();
    if (bytes < 0) {
      return Finding.warn("page size", "unknown", "let this process read /proc/self/auxv");
    }
    return bytes == TESTED_PAGE_BYTES
        ? Finding.ok("page size", bytes + " bytes")
        : Finding.warn("page size", bytes + " bytes", "tested is 4096");
  }
}
