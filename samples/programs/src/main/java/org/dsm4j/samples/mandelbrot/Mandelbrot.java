package org.dsm4j.samples.mandelbrot;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * A picture of the Mandelbrot set. Some rows take a hundred times as long as others, so each thread
 * takes the next row that nobody has, from one counter.
 */
public final class Mandelbrot {
  private static final double LEFT = -2.2;
  private static final double WIDTH = 3.0;
  private static final String SHADES = " .:-=+*%@#";

  /** Of each point: after how many steps it has left; the limit if it has not. */
  @Shared private static int[][] picture;

  @Shared private static final AtomicInteger nextRow = new AtomicInteger();

  private final int rows;
  private final int columns;
  private final int limit;

  private Mandelbrot(int rows, int columns, int limit) {
    this.rows = rows;
    this.columns = columns;
    this.limit = limit;
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("mandelbrot", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "threads on each node");
    int rows = arguments.number("--rows", 400, 1, 1 << 15, "rows of the picture");
    int columns = arguments.number("--columns", 600, 1, 1 << 15, "columns of the picture");
    int limit = arguments.number("--limit", 1000, 1, 1 << 20, "steps after which a point stays");
    String draw = arguments.choice("--draw", "draw it with letters", "no", "yes");
    if (arguments.areRead()) {
      Mandelbrot mandelbrot = new Mandelbrot(rows, columns, limit);
      mandelbrot.run(new Team("mandelbrot", threads), draw.equals("yes"));
    }
  }

  private void run(Team team, boolean draw) throws InterruptedException {
    if (Dsm.node() == 0) {
      picture = new int[rows][columns];
      nextRow.set(0);
    }
    Dsm.barrier();
    team.start(member -> work());
    team.join();
    if (Dsm.node() == 0) {
      if (draw) {
        draw();
      }
      report(team);
    }
  }

  private void work() {
    for (int row = nextRow.getAndIncrement(); row < rows; row = nextRow.getAndIncrement()) {
      paint(row, picture[row]);
    }
  }

  private void paint(int row, @Shared int[] pixels) {
    double step = WIDTH / columns;
    double y = (row - rows / 2.0) * step;
    for (int column = 0; column < pixels.length; column++) {
      pixels[column] = steps(LEFT + column * step, y);
    }
  }

  /** How many steps z = z * z + c takes to leave the circle of radius 2. */
  private int steps(double cx, double cy) {
    double x = 0;
    double y = 0;
    int steps = 0;
    while (steps < limit && x * x + y * y <= 4) {
      double next = x * x - y * y + cx;
      y = 2 * x * y + cy;
      x = next;
      steps++;
    }
    return steps;
  }

  private void draw() {
    for (@Shared int[] row : picture) {
      StringBuilder line = new StringBuilder();
      for (int steps : row) {
        int shade = 31 - Integer.numberOfLeadingZeros(steps);
        line.append(SHADES.charAt(Math.min(shade, SHADES.length() - 1)));
      }
      System.out.println(line);
    }
  }

  /** Compares it with what one thread paints on the heap. */
  private void report(Team team) {
    CRC32 crc = new CRC32();
    boolean right = true;
    long inside = 0;
    int[] expected = new int[columns];
    for (int row = 0; row < rows; row++) {
      paint(row, expected);
      right &= Arrays.equals(picture[row], expected);
      for (int steps : picture[row]) {
        inside += steps == limit ? 1 : 0;
        crc.update(steps);
        crc.update(steps >>> 8);
        crc.update(steps >>> 16);
      }
    }
    team.report(
        right,
        String.format(
            "%d x %d, %d points stay, crc32 %08X", rows, columns, inside, crc.getValue()));
  }
}
