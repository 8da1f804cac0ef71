package org.dsm4j.samples.life;

import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;

/**
 * Draws the board in a terminal, at most {@value #FRAMES_A_SECOND} times a second. Two rows of the
 * picture share a line of text (half blocks); a living cell has the colour of the node that owns
 * its page. Owners are asked for before the cells are read, since node 0's reading itself ends
 * exclusive ownership.
 */
final class Painter implements AutoCloseable {
  private static final int FRAMES_A_SECOND = 15;
  private static final long FRAME_NANOS = TimeUnit.SECONDS.toNanos(1) / FRAMES_A_SECOND;
  private static final int STATUS_LINES = 1;

  private final Terminal terminal;
  private final Cluster cluster;
  private final Options options;
  private final Frame frame;
  private final long startNanos = System.nanoTime();
  private long nextNanos = startNanos;
  private boolean drawn;
  private boolean gone;

  Painter(Terminal terminal, Cluster cluster, Options options) {
    this.terminal = terminal;
    this.cluster = cluster;
    this.options = options;
    this.frame =
        Frame.fitting(
            options.rows(),
            options.columns(),
            2 * (terminal.rows() - STATUS_LINES - 1),
            terminal.columns());
  }

  /** Draws if a frame is due. */
  void show(int generation, @Shared byte[] cells, long nowNanos) {
    if (nowNanos - nextNanos >= 0) {
      draw(generation, cells);
      nextNanos = System.nanoTime() + FRAME_NANOS;
    }
  }

  /** Draws now. */
  void draw(int generation, @Shared byte[] cells) {
    if (gone) {
      return;
    }
    int[] owners = cluster.alone() ? new int[] {0} : Dsm.pageOwners(cells);
    frame.sample(cells, owners);
    StringBuilder text = new StringBuilder(frame.lines() * 64);
    if (drawn) {
      text.append("\033[").append(frame.lines() + STATUS_LINES).append('A');
    }
    frame.render(text);
    text.append("\033[0m\033[Kgeneration ")
        .append(generation)
        .append(" of ")
        .append(options.iterations());
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (generation > 0 && seconds > 0) {
      text.append(", ").append(Math.round(generation / seconds)).append(" generations/s");
    }
    legend(text.append("  ")).append("\033[0m\n");
    write(text.toString());
    drawn = true;
  }

  private StringBuilder legend(StringBuilder text) {
    for (int node = 0; node < cluster.nodes() && node < Frame.COLOURS; node++) {
      text.append("\033[38;5;").append(Frame.colour(node)).append("m■").append(node).append(' ');
    }
    return text;
  }

  private void write(String text) {
    try {
      terminal.write(text);
    } catch (UncheckedIOException terminalClosed) {
      gone = true;
    }
  }

  @Override
  public void close() {
    terminal.close();
  }
}
