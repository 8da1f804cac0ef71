package org.dsm4j.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The documentation says what the table of settings says. */
class SettingsPageTest {
  @Test
  void thePageIsUpToDate() throws IOException {
    assertEquals(
        SettingsCommand.page(),
        Files.readString(Path.of("..", "docs", "settings.md")),
        "write it anew: ./dsm settings --markdown > docs/settings.md");
  }
}
