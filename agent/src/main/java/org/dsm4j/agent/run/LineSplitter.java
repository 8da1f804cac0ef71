package org.dsm4j.agent.run;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Makes whole lines of chunks of output. One thread. */
final class LineSplitter {
  /** A line that never ends is cut here, so that memory is bounded. */
  static final int MAX_LINE_BYTES = 1 << 20;

  private final Consumer<byte[]> lines;
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

  /**
   * A splitter.
   *
   * @param lines gets each line, with its line feed
   */
  LineSplitter(Consumer<byte[]> lines) {
    this.lines = lines;
  }

  /** Takes the next bytes of output. */
  void accept(byte[] bytes, int length) {
    int start = 0;
    for (int i = 0; i < length; i++) {
      boolean full = partial.size() + (i + 1 - start) >= MAX_LINE_BYTES;
      if (bytes[i] == '\n' || full) {
        partial.write(bytes, start, i + 1 - start);
        start = i + 1;
        emit();
      }
    }
    partial.write(bytes, start, length - start);
  }

  /** The output is over: what is left is a line too. */
  void end() {
    if (partial.size() > 0) {
      emit();
    }
  }

  private void emit() {
    byte[] line = partial.toByteArray();
    partial.reset();
    if (line[line.length - 1] != '\n') {
      line = java.util.Arrays.copyOf(line, line.length + 1);
      line[line.length - 1] = '\n';
    }
    lines.accept(line);
  }
}
