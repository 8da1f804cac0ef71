package org.dsm4j.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole lines, however they arrive. */
class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();
  private final LineSplitter splitter =
      new LineSplitter(line -> lines.add(new String(line, StandardCharsets.UTF_8)));

  private void accept(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    splitter.accept(bytes, bytes.length);
  }

  @Test
  void aLineIsHeldUntilItIsWhole() {
    accept("on");
    accept("e");
    assertEquals(List.of(), lines);
    accept("\ntwo\nthr");
    assertEquals(List.of("one\n", "two\n"), lines);
    splitter.end();
    assertEquals(List.of("one\n", "two\n", "thr\n"), lines);
  }

  @Test
  void emptyLinesAreLines() {
    accept("\n\na\n");
    splitter.end();
    assertEquals(List.of("\n", "\n", "a\n"), lines);
  }

  @Test
  void onlyTheLengthGivenCounts() {
    splitter.accept(new byte[] {'a', '\n', 'x'}, 2);
    splitter.end();
    assertEquals(List.of("a\n"), lines);
  }

  @Test
  void aLineWithoutEndIsCut() {
    String part = "x".repeat(LineSplitter.MAX_LINE_BYTES / 2);
    accept(part);
    accept(part);
    assertEquals(1, lines.size());
    assertEquals(LineSplitter.MAX_LINE_BYTES + 1, lines.get(0).length());
    splitter.end();
    assertEquals(1, lines.size());
  }
}
