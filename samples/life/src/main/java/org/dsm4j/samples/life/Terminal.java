package org.dsm4j.samples.life;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The terminal that a person looks at: the one that this JVM, or the launcher that started it,
 * writes standard output to. The launcher puts the node's number before each line of a node, so a
 * picture goes to the terminal directly.
 */
final class Terminal implements AutoCloseable {
  private static final File DEVICE = new File("/dev/tty");

  private final OutputStream out;
  private final int rows;
  private final int columns;

  private Terminal(OutputStream out, int rows, int columns) {
    this.out = out;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * The terminal, or null when nobody is looking: output goes to a file or a pipe, or there is no
   * terminal at all.
   */
  static Terminal find() {
    long parent = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(-1L);
    if (!isTerminal("/proc/self/fd/1") && !isTerminal("/proc/" + parent + "/fd/1")) {
      return null;
    }
    int[] size = size();
    if (size == null) {
      return null;
    }
    try {
      OutputStream out = new BufferedOutputStream(Files.newOutputStream(DEVICE.toPath()), 1 << 16);
      return new Terminal(out, size[0], size[1]);
    } catch (IOException noTerminal) {
      return null;
    }
  }

  private static boolean isTerminal(String descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of(descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }

  /** Rows and columns, as stty tells; null if there is no usable terminal. */
  private static int[] size() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(DEVICE).start();
      if (!stty.waitFor(2, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return null;
      }
      String[] words =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      int[] size = {Integer.parseInt(words[0]), Integer.parseInt(words[words.length - 1])};
      return size[0] >= 4 && size[1] >= 20 ? size : null;
    } catch (IOException | NumberFormatException unusable) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /**
   * Writes and shows; a terminal that went away ends the drawing with an {@link
   * UncheckedIOException}.
   */
  void write(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException alreadyGone) {
      return;
    }
  }
}
