package org.dsm4j.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.dsm4j.agent.settings.SettingsReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor on a machine made up of files. */
class ProcFilesTest {
  @TempDir private Path root;
  private ProcFiles proc;

  @BeforeEach
  void machine() throws IOException {
    proc = new ProcFiles(root);
    Files.createDirectories(root.resolve("self"));
    Files.createDirectories(root.resolve("sys/vm"));
    Files.writeString(root.resolve("sys/vm/max_map_count"), "65530\n");
    Files.writeString(root.resolve("sys/vm/overcommit_memory"), "2\n");
    Files.writeString(
        root.resolve("self/limits"),
        "Limit                     Soft Limit           Hard Limit           Units     \n"
            + "Max open files            1024                 4096                 files     \n"
            + "Max address space         1073741824           unlimited            bytes     \n");
    Files.writeString(
        root.resolve("self/maps"), "200000010000-200000020000 rw-p 00000000 00:00 0    [taken]\n");
  }

  private Finding find(String name, String arguments) {
    var settings = SettingsReader.read(root, Map.of(), new Properties(), arguments);
    List<Finding> all = new MemoryChecks(proc, settings).all();
    return all.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void numbersAndLimits() {
    assertEquals(65_530, proc.number("sys/vm/max_map_count"));
    assertEquals(-1, proc.number("sys/vm/nothing"));
    assertEquals(1024, proc.softLimit("Max open files"));
    assertEquals(-1, proc.softLimit("Max of nothing"));
  }

  @Test
  void thePageSizeIsTheKernels() {
    long bytes = new ProcFiles(Path.of("/proc")).pageSize();
    assertTrue(bytes >= 4096 && Long.bitCount(bytes) == 1, "" + bytes);
  }

  @Test
  void mappingsOverlapOrNot() {
    assertNull(proc.mappingIn(0x200000000000L, 0x200000010000L));
    assertNull(proc.mappingIn(0x200000020000L, 0x200000030000L));
    assertTrue(proc.mappingIn(0x20000001f000L, 0x200000030000L).contains("[taken]"));
    assertTrue(proc.mappingIn(0x200000000000L, 0x210000000000L).contains("[taken]"));
  }

  @Test
  void whatHindersFails() {
    assertEquals(Finding.Level.FAIL, find("base address", "").level());
    assertEquals(Finding.Level.OK, find("base address", "base=0x300000000000").level());
    assertEquals(Finding.Level.FAIL, find("address space", "").level());
    assertEquals(Finding.Level.OK, find("address space", "space=256M").level());
    assertEquals(Finding.Level.OK, find("vm.max_map_count", "").level());
    Finding mappings = find("vm.max_map_count", "max-mappings=60000");
    assertEquals(Finding.Level.FAIL, mappings.level());
    assertTrue(mappings.remedy().contains("vm.max_map_count=76384"), mappings.remedy());
    assertEquals(Finding.Level.WARN, find("vm.overcommit_memory", "").level());
  }
}
