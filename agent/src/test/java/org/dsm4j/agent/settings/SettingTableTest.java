package org.dsm4j.agent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table itself. */
class SettingTableTest {
  @Test
  void everyDefaultIsAllowed() {
    for (Setting<?> setting : SettingTable.all()) {
      if (setting.defaultText() != null) {
        setting.type().parse(setting.defaultText());
      }
      assertFalse(setting.description().isBlank(), setting.key());
      assertFalse(setting.type().allowed().isBlank(), setting.key());
    }
  }

  @Test
  void keysAreDistinctAndNamedAlikeEverywhere() {
    Set<String> keys = new HashSet<>();
    for (Setting<?> setting : SettingTable.all()) {
      assertTrue(keys.add(setting.key()), setting.key());
      assertTrue(setting.key().matches("[a-z]+(-[a-z]+)*"), setting.key());
    }
    assertEquals("DSM_JOIN_TIMEOUT", SettingTable.JOIN_TIMEOUT.environmentName());
    assertEquals("dsm.join-timeout", SettingTable.JOIN_TIMEOUT.propertyName());
  }
}
