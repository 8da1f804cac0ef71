package org.dsm4j.samples.life;

import org.dsm4j.Shared;

/**
 * A picture of the board: one point for each square of {@code scale} x {@code scale} cells, alive
 * if any of its cells is, in the colour of the node that owns the page of its first living cell.
 */
final class Frame {
  /** Colours told apart; nodes beyond share them. */
  static final int COLOURS = 8;

  private static final int PAGE_BYTES = 4096;
  private static final byte DEAD = 0;
  private static final byte NOBODY = COLOURS + 1;
  private static final int[] PALETTE = {46, 39, 208, 201, 226, 51, 196, 129};
  private static final int GREY = 250;

  private final int rows;
  private final int columns;
  private final int scale;
  private final int height;
  private final int width;

  /** 0 = dead, 1 + colour = alive, NOBODY = alive on a page without an exclusive owner. */
  private final byte[] points;

  private Frame(int rows, int columns, int scale) {
    this.rows = rows;
    this.columns = columns;
    this.scale = scale;
    this.height = (rows + scale - 1) / scale;
    this.width = (columns + scale - 1) / scale;
    this.points = new byte[height * width];
  }

  /** A frame for a board of that size that needs no more points than given. */
  static Frame fitting(int rows, int columns, int maxHeight, int maxWidth) {
    int scale = Math.max(1, Math.max(ceilDiv(rows, maxHeight), ceilDiv(columns, maxWidth)));
    return new Frame(rows, columns, scale);
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }

  /** Lines of text that {@link #render} writes. */
  int lines() {
    return (height + 1) / 2;
  }

  /** The colour of a node, a number of the terminal's 256. */
  static int colour(int node) {
    return PALETTE[node % COLOURS];
  }

  /** Reads the board. {@code owners}: of each page of the array, or -1. */
  void sample(@Shared byte[] cells, int[] owners) {
    java.util.Arrays.fill(points, DEAD);
    for (int row = 0; row < rows; row++) {
      int line = row / scale * width;
      int start = row * columns;
      for (int column = 0; column < columns; column++) {
        if (cells[start + column] != 0 && points[line + column / scale] == DEAD) {
          points[line + column / scale] = point(owners, start + column);
        }
      }
    }
  }

  private static byte point(int[] owners, int cell) {
    int page = Math.min(cell / PAGE_BYTES, owners.length - 1);
    int owner = page < 0 ? -1 : owners[page];
    return owner < 0 ? NOBODY : (byte) (1 + owner % COLOURS);
  }

  /** Writes the picture as lines of half blocks, colours changed only where they differ. */
  void render(StringBuilder text) {
    for (int y = 0; y < height; y += 2) {
      int colours = -1;
      for (int x = 0; x < width; x++) {
        byte upper = points[y * width + x];
        byte lower = y + 1 < height ? points[(y + 1) * width + x] : DEAD;
        int wanted = upper << 8 | lower;
        if (wanted != colours) {
          paint(text.append("\033[0"), upper, lower).append('m');
          colours = wanted;
        }
        text.append(upper != DEAD ? '▀' : lower != DEAD ? '▄' : ' ');
      }
      text.append("\033[0m\033[K\n");
    }
  }

  private static StringBuilder paint(StringBuilder text, byte upper, byte lower) {
    if (upper != DEAD) {
      text.append(";38;5;").append(terminalColour(upper));
      if (lower != DEAD) {
        text.append(";48;5;").append(terminalColour(lower));
      }
    } else if (lower != DEAD) {
      text.append(";38;5;").append(terminalColour(lower));
    }
    return text;
  }

  private static int terminalColour(byte point) {
    return point == NOBODY ? GREY : PALETTE[point - 1];
  }
}
