package org.dsm4j.agent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.dsm4j.DsmException;
import org.dsm4j.node.NodeConfig;
import org.dsm4j.node.engine.Pager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From settings to a node. */
class NodeConfigsTest {
  @TempDir private Path folder;

  private NodeConfig config(String arguments) {
    return NodeConfigs.of(SettingsReader.read(folder, Map.of(), new Properties(), arguments));
  }

  @Test
  void aloneItNeedsNoManager() {
    assertNull(config("").managerHost());
  }

  @Test
  void theEngineIsTold() {
    NodeConfig told = config("pager=mprotect,twins=64,migrate-after=never");
    assertEquals(Pager.MPROTECT, told.pager());
    assertEquals(64, told.twins());
    assertEquals(-1, told.migrateAfter());
    NodeConfig untold = config("");
    assertEquals(Pager.BEST, untold.pager());
    assertEquals(4096, untold.twins());
    assertEquals(3, untold.migrateAfter());
  }

  @Test
  void nodeZeroRunsTheManagerUnlessToldOtherwise() {
    assertTrue(config("nodes=2,manager=127.0.0.1:7400").managerHere());
    assertFalse(config("nodes=2,node=1,manager=127.0.0.1:7400").managerHere());
    assertFalse(config("nodes=2,manager=127.0.0.1:7400,embedded-manager=false").managerHere());
  }

  @Test
  void aPortFileGoesBeforeAManager() throws IOException {
    Path file = folder.resolve("port");
    NodeConfig first = config("nodes=2,manager=elsewhere:1,portfile=" + file);
    assertTrue(first.managerHere());
    assertEquals(0, first.managerPort());
    assertEquals(file, first.managerPortFile());
    Files.writeString(file, "4711\n");
    NodeConfig second = config("nodes=2,node=1,manager=elsewhere:1,portfile=" + file);
    assertEquals(4711, second.managerPort());
    assertEquals("127.0.0.1", second.managerHost());
  }

  @Test
  void aPortFileThatDoesNotComeIsNotWaitedForForEver() {
    String message =
        assertThrows(
                DsmException.class,
                () ->
                    config("nodes=2,node=1,join-timeout=20ms,portfile=" + folder.resolve("never")))
            .getMessage();
    assertTrue(message.contains("node 0 has not started its manager within 20 ms"), message);
  }

  @Test
  void aNodeBeyondTheClusterIsRefused() {
    String message =
        assertThrows(SettingsException.class, () -> config("nodes=2,node=2")).getMessage();
    assertTrue(message.contains("allowed: 0 to 1"), message);
  }

  @Test
  void severalNodesNeedAManager() {
    String message = assertThrows(SettingsException.class, () -> config("nodes=2")).getMessage();
    assertTrue(message.contains("manager=host:port"), message);
  }
}
