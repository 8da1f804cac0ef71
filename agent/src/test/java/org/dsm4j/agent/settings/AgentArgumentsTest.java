package org.dsm4j.agent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The text after -javaagent:dsm-agent.jar=. */
class AgentArgumentsTest {
  @Test
  void whatIsFormattedIsParsed() {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put("a", "x,y");
    pairs.put("b", "c:\\dir\\,");
    pairs.put("c", "");
    pairs.put("d", "k=v");
    assertEquals(pairs, AgentArguments.parse(AgentArguments.format(pairs)));
  }

  @Test
  void aBackslashBeforeAnythingElseIsItself() {
    assertEquals(Map.of("a", "c:\\dir"), AgentArguments.parse("a=c:\\dir"));
  }

  @Test
  void nothingIsNothing() {
    assertEquals(Map.of(), AgentArguments.parse(""));
    assertEquals(Map.of(), AgentArguments.parse(" , "));
  }

  @Test
  void anElementWithoutValueIsRefused() {
    String message =
        assertThrows(SettingsException.class, () -> AgentArguments.parse("nodes=4,node"))
            .getMessage();
    assertTrue(message.contains("\"node\" is not key=value"), message);
  }
}
