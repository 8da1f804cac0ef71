package org.dsm4j.agent.settings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.dsm4j.node.auth.ClusterSecret;
import org.dsm4j.node.auth.Plane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  private static final String TEXT = "a secret in the environment";

  @TempDir private Path folder;

  private Settings read(String arguments) {
    return SettingsReader.read(folder, Map.of(), new Properties(), arguments);
  }

  private static byte[] key(ClusterSecret secret) {
    return secret.key(Plane.DATA, "c");
  }

  @Test
  void theFileComesFirstThenTheVariable() {
    assertNull(Secrets.of(read(""), Map.of()));
    Map<String, String> environment = Map.of("DSM_SECRET", TEXT + "\n");
    assertArrayEquals(key(ClusterSecret.of(TEXT, "here")), key(Secrets.of(read(""), environment)));
    Path file = folder.resolve("secret");
    ClusterSecret.create(file);
    assertArrayEquals(
        key(ClusterSecret.read(file)), key(Secrets.of(read("secret-file=" + file), environment)));
  }

  @Test
  void itIsNoSettingAndTheLineDoesNotShowIt() {
    for (String arguments : new String[] {"secret=" + TEXT, "nodes=2,secret=" + TEXT}) {
      String message = assertThrows(SettingsException.class, () -> read(arguments)).getMessage();
      assertTrue(message.contains("secret-file"), message);
      assertFalse(message.contains(TEXT), message);
    }
  }
}
