package org.dsm4j.agent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where settings come from, and what is said about wrong ones. */
class SettingsReaderTest {
  @TempDir private Path folder;

  private Settings read(Map<String, String> environment, Map<String, String> system, String agent) {
    Properties properties = new Properties();
    properties.putAll(system);
    return SettingsReader.read(folder, environment, properties, agent);
  }

  private String messageOf(
      Map<String, String> environment, Map<String, String> system, String agent) {
    return assertThrows(SettingsException.class, () -> read(environment, system, agent))
        .getMessage();
  }

  @Test
  void withoutAnythingAClusterOfOne() {
    Settings settings = read(Map.of(), Map.of(), "");
    assertEquals(1, settings.get(SettingTable.NODES));
    assertEquals(Duration.ofSeconds(8), settings.get(SettingTable.SILENCE));
    assertEquals(0L, settings.get(SettingTable.SPIN));
    assertEquals(1L << 40, settings.get(SettingTable.SPACE));
    assertNull(settings.get(SettingTable.MANAGER));
    assertEquals(List.of(), settings.get(SettingTable.EXCLUDE));
  }

  @Test
  void eachPlaceGoesBeforeTheOneBelow() throws IOException {
    Files.writeString(
        folder.resolve("dsm.properties"), "nodes=2\nsilence=2s\ndsm.hold=2us\ncores=2\n");
    Settings settings =
        read(
            Map.of("DSM_NODES", "3", "DSM_SILENCE", "3s", "DSM_HOLD", "3us"),
            Map.of("dsm.nodes", "4", "dsm.silence", "4s"),
            "nodes=5");
    assertEquals(5, settings.get(SettingTable.NODES));
    assertEquals("agent arguments", settings.origin(SettingTable.NODES));
    assertEquals(Duration.ofSeconds(4), settings.get(SettingTable.SILENCE));
    assertEquals("-Ddsm.silence", settings.origin(SettingTable.SILENCE));
    assertEquals(Duration.ofNanos(3_000), settings.get(SettingTable.HOLD));
    assertEquals("environment variable DSM_HOLD", settings.origin(SettingTable.HOLD));
    assertEquals(2, settings.get(SettingTable.CORES));
    assertTrue(settings.origin(SettingTable.CORES).endsWith("dsm.properties"));
  }

  @Test
  void anotherFileIsReadInPlaceOfTheUsualOne() throws IOException {
    Files.writeString(folder.resolve("dsm.properties"), "nodes=2\n");
    Path other = Files.writeString(folder.resolve("other.properties"), "cores=3\n");
    Settings settings = read(Map.of(), Map.of("dsm.config", other.toString()), "");
    assertEquals(1, settings.get(SettingTable.NODES));
    assertEquals(3, settings.get(SettingTable.CORES));
  }

  @Test
  void aFileThatIsNamedMustBeThere() {
    String message = messageOf(Map.of(), Map.of("dsm.config", "nowhere.properties"), "");
    assertTrue(message.contains("nowhere.properties"), message);
    assertTrue(message.contains("-Ddsm.config"), message);
  }

  @Test
  void aFileCannotNameAnother() throws IOException {
    Files.writeString(folder.resolve("dsm.properties"), "config=x.properties\n");
    assertTrue(messageOf(Map.of(), Map.of(), "").contains("cannot name another"));
  }

  @ParameterizedTest
  @CsvSource({"noeds, nodes", "silense, silence", "max-mapping, max-mappings", "Node, node"})
  void anUnknownKeyIsRefusedWithWhatWasMeant(String key, String meant) {
    String message = messageOf(Map.of(), Map.of(), key + "=1");
    assertTrue(message.contains("\"" + key + "\" (agent arguments)"), message);
    assertTrue(message.contains("did you mean: " + meant), message);
  }

  @Test
  void anUnknownKeyLikeNoOtherIsRefusedWithoutAGuess() {
    String message = messageOf(Map.of(), Map.of("dsm.completely.different", "1"), "");
    assertTrue(message.contains("-Ddsm.completely.different"), message);
    assertTrue(!message.contains("did you mean"), message);
  }

  @Test
  void variablesOfOthersAreNotOurs() {
    assertEquals(1, read(Map.of("DSM_STORAGE", "x"), Map.of(), "").get(SettingTable.NODES));
  }

  @ParameterizedTest
  @CsvSource({
    "nodes, 0, '1 to 4096'",
    "nodes, 4097, '1 to 4096'",
    "nodes, two, 'a whole number'",
    "silence, 8, 'with its unit'",
    "silence, 0s, '100ms to 60min'",
    "spin, sometimes, 'auto or never'",
    "space, 1X, '16M to 64T'",
    "space, 1K, '16M to 64T'",
    "base, 0x12345, 'multiple of 0x10000'",
    "manager, somewhere, 'host:port'",
    "manager, host:70000, '1 to 65535'",
    "log, loud, 'error, warn, info, debug, trace'",
    "verify, yes, 'true or false'",
    "exclude, a b, 'prefixes'",
    "cluster, '', '1 to 200 characters'"
  })
  void aValueThatIsNotAllowedIsRefusedWithWhatIs(String key, String value, String allowed) {
    String message = messageOf(Map.of(), Map.of("dsm." + key, value), "");
    assertTrue(
        message.startsWith(
            "setting " + key + " is \"" + value + "\" (-Ddsm." + key + "); allowed: "),
        message);
    assertTrue(message.contains(allowed), message);
  }

  @Test
  void valuesInAllTheirForms() {
    Settings settings =
        read(
            Map.of(),
            Map.of(),
            "space=1.5G, silence=0.5s,spin=never,native-wait=250us,base=0x300000000000,"
                + "manager=[::1]:7400,exclude=com.acme.:org.x.,log=Debug,cluster=a\\,b");
    assertEquals(3L << 29, settings.get(SettingTable.SPACE));
    assertEquals(Duration.ofMillis(500), settings.get(SettingTable.SILENCE));
    assertEquals(1L, settings.get(SettingTable.SPIN));
    assertEquals(250_000L, settings.get(SettingTable.NATIVE_WAIT));
    assertEquals(0x300000000000L, settings.get(SettingTable.BASE));
    assertEquals(new Endpoint("::1", 7400), settings.get(SettingTable.MANAGER));
    assertEquals(List.of("com.acme.", "org.x."), settings.get(SettingTable.EXCLUDE));
    assertEquals("DEBUG", settings.get(SettingTable.LOG));
    assertEquals("a,b", settings.get(SettingTable.CLUSTER));
  }
}
