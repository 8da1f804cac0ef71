package org.dsm4j.node.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.dsm4j.DsmException;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
  @Test
  void otherSystemsAreRefusedInOneLine() {
    for (String[] system :
        new String[][] {{"Windows 11", "amd64"}, {"Mac OS X", "aarch64"}, {"Linux", "s390x"}}) {
      String message =
          assertThrows(DsmException.class, () -> NativeLibrary.resourceName(system[0], system[1]))
              .getMessage();
      assertTrue(message.contains(system[0]) && message.contains(system[1]), message);
      assertFalse(message.contains("\n"));
    }
  }

  @Test
  void linuxHasItsLibraries() {
    assertEquals(
        "META-INF/native/linux-x86_64/libdsm.so", NativeLibrary.resourceName("Linux", "amd64"));
    assertEquals(
        "META-INF/native/linux-aarch64/libdsm.so", NativeLibrary.resourceName("Linux", "aarch64"));
  }

  @Test
  void isLoadedOnceAndLeavesNoFile() throws Exception {
    LibDsm library = NativeLibrary.get();
    assertSame(library, NativeLibrary.get());
    assertEquals(LibDsm.ABI_VERSION, library.dsm_abi_version());
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      String mapped = maps.filter(line -> line.contains("libdsm.so")).findFirst().orElseThrow();
      assertTrue(mapped.endsWith("(deleted)"), mapped);
    }
  }
}
