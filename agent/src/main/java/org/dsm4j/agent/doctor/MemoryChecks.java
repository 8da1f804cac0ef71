package org.dsm4j.agent.doctor;

import java.util.List;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;

/** What the kernel allows a process to map, and whether the shared space fits. */
final class MemoryChecks {
  private static final long DEFAULT_BASE = 0x200000000000L;
  private static final long DEFAULT_MAX_MAPPINGS = 16_384;

  /** What the JVM and libraries map themselves, generously. */
  private static final long OTHER_MAPPINGS = 16_384;

  private final ProcFiles proc;
  private final Settings settings;

  MemoryChecks(ProcFiles proc, Settings settings) {
    this.proc = proc;
    this.settings = settings;
  }

  List<Finding> all() {
    return List.of(mappings(), overcommit(), userfaultfd(), addressSpace(), base());
  }

  private Finding mappings() {
    long limit = proc.number("sys/vm/max_map_count");
    int set = settings.get(SettingTable.MAX_MAPPINGS);
    long ours = set == 0 ? DEFAULT_MAX_MAPPINGS : set;
    String name = "vm.max_map_count";
    if (limit < 0) {
      return Finding.warn(name, "unknown", "let this process read /proc/sys/vm/max_map_count");
    }
    String text = limit + "; shared pages use " + ours + " at most";
    return limit >= ours + OTHER_MAPPINGS
        ? Finding.ok(name, text)
        : Finding.fail(
            name,
            text,
            "sysctl -w vm.max_map_count="
                + (ours + OTHER_MAPPINGS)
                + ", or set max-mappings lower");
  }

  private Finding overcommit() {
    long mode = proc.number("sys/vm/overcommit_memory");
    String name = "vm.overcommit_memory";
    return switch ((int) mode) {
      case 0, 1 -> Finding.ok(name, mode + "");
      case 2 ->
          Finding.warn(
              name, "2 (strict)", "sysctl -w vm.overcommit_memory=0, or set space to what is used");
      default ->
          Finding.warn(name, "unknown", "let this process read /proc/sys/vm/overcommit_memory");
    };
  }

  private Finding userfaultfd() {
    return Finding.ok("userfaultfd", userfaultfd(proc) + "; not needed");
  }

  /** Who may use it. */
  static String userfaultfd(ProcFiles proc) {
    long allowed = proc.number("sys/vm/unprivileged_userfaultfd");
    return allowed < 0
        ? "not in this kernel"
        : allowed == 1 ? "for everybody" : "for user faults only";
  }

  private Finding addressSpace() {
    long limit = proc.softLimit("Max address space");
    long space = settings.get(SettingTable.SPACE);
    String name = "address space";
    if (limit == Long.MAX_VALUE) {
      return Finding.ok(name, "unlimited");
    }
    if (limit < 0) {
      return Finding.warn(name, "unknown", "let this process read /proc/self/limits");
    }
    return limit / 2 > space
        ? Finding.ok(name, limit + " bytes")
        : Finding.fail(
            name,
            limit + " bytes, the shared space reserves " + space,
            "ulimit -v unlimited, or set space lower");
  }

  private Finding base() {
    long set = settings.get(SettingTable.BASE);
    long base = set == 0 ? DEFAULT_BASE : set;
    long end = base + settings.get(SettingTable.SPACE);
    String text = "0x" + Long.toHexString(base) + " to 0x" + Long.toHexString(end);
    String taken = proc.mappingIn(base, end);
    return taken == null
        ? Finding.ok("base address", text + " is free in this JVM")
        : Finding.fail("base address", text + " is taken: " + taken, "set base to another address");
  }
}
