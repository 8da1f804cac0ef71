package org.dsm4j.samples.life;

/**
 * The command line.
 *
 * @param pattern name of a shipped pattern, or a file in RLE
 * @param rows height of the torus, 1 or more
 * @param columns width of the torus, 1 or more; {@code rows * columns} fits an int
 * @param iterations generations to play, 0 or more
 * @param threads threads of each node that compute, 1 or more
 * @param summary whether node 0 prints what the run cost
 * @param drawing whether node 0 draws the board
 * @param help whether only the help is wanted
 */
record Options(
    String pattern,
    int rows,
    int columns,
    int iterations,
    int threads,
    boolean summary,
    Drawing drawing,
    boolean help) {

  /** When node 0 draws the board. */
  enum Drawing {
    /** In a terminal. */
    AUTO,
    NEVER
  }

  private static final int MAX_THREADS = 1000;

  static final String HELP =
      """
      usage: life [--pattern FILE.rle|NAME] [--grid ROWSxCOLS] [--iterations K] [--threads T] [--summary] [--no-draw]

      Conway's Game of Life on a torus, rows split over the nodes.

        --pattern FILE.rle|NAME  a file in RLE, or one of: %s (default: acorn)
        --grid ROWSxCOLS         size of the torus (default: 128x256)
        --iterations K           generations to play, 0 or more (default: 500)
        --threads T              threads on each node, 1 to %d (default: 1)
        --summary                at the end, print what the run cost
        --no-draw                do not draw the board in a terminal
        --help                   print this
      """
          .formatted(String.join(", ", Patterns.NAMES), Options.MAX_THREADS);

  private static final Options DEFAULTS =
      new Options("acorn", 128, 256, 500, 1, false, Drawing.AUTO, false);

  static Options parse(String... args) throws BadInputException {
    Options options = DEFAULTS;
    for (int i = 0; i < args.length; i++) {
      String name = args[i];
      switch (name) {
        case "--summary" -> options = options.withSummary();
        case "--no-draw" -> options = options.withDrawing(Drawing.NEVER);
        case "--help", "-h" -> options = options.withHelp();
        default -> {
          int equals = name.indexOf('=');
          String key = equals < 0 ? name : name.substring(0, equals);
          if (!takesValue(key)) {
            throw new BadInputException(
                "unknown argument '" + name + "'; --help lists the known ones");
          }
          if (equals < 0 && ++i == args.length) {
            throw new BadInputException(key + " needs a value; see --help");
          }
          options = options.with(key, equals < 0 ? args[i] : name.substring(equals + 1));
        }
      }
    }
    return options;
  }

  private static boolean takesValue(String key) {
    return key.equals("--pattern")
        || key.equals("--grid")
        || key.equals("--iterations")
        || key.equals("--threads");
  }

  private Options with(String key, String value) throws BadInputException {
    return switch (key) {
      case "--pattern" ->
          new Options(value, rows, columns, iterations, threads, summary, drawing, help);
      case "--grid" -> withGrid(value);
      case "--threads" ->
          new Options(pattern, rows, columns, iterations, threads(value), summary, drawing, help);
      default ->
          new Options(pattern, rows, columns, iterations(value), threads, summary, drawing, help);
    };
  }

  private Options withGrid(String value) throws BadInputException {
    int cross = value.indexOf('x');
    if (cross < 0) {
      throw new BadInputException("--grid " + value + " is not ROWSxCOLS, for example 512x512");
    }
    int height = positive(value, value.substring(0, cross));
    int width = positive(value, value.substring(cross + 1));
    if ((long) height * width > Integer.MAX_VALUE - 8) {
      throw new BadInputException(
          "--grid " + value + " has more cells than an array can hold; give at most 2147483639");
    }
    return new Options(pattern, height, width, iterations, threads, summary, drawing, help);
  }

  private static int positive(String grid, String digits) throws BadInputException {
    int number = number(digits);
    if (number < 0) {
      throw new BadInputException("--grid " + grid + " is not ROWSxCOLS, for example 512x512");
    }
    if (number == 0) {
      throw new BadInputException(
          "--grid " + grid + " has no cells; rows and columns are 1 or more");
    }
    return number;
  }

  private static int iterations(String value) throws BadInputException {
    int number = number(value);
    if (number < 0) {
      throw new BadInputException(
          "--iterations " + value + " is not a number from 0 to " + Integer.MAX_VALUE);
    }
    return number;
  }

  private static int threads(String value) throws BadInputException {
    int number = number(value);
    if (number < 1 || number > MAX_THREADS) {
      throw new BadInputException(
          "--threads " + value + " is not a number from 1 to " + MAX_THREADS);
    }
    return number;
  }

  /** The number that the digits write, or -1 if they are none or it does not fit an int. */
  private static int number(String digits) {
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException tooLarge) {
      return -1;
    }
  }

  private Options withSummary() {
    return new Options(pattern, rows, columns, iterations, threads, true, drawing, help);
  }

  private Options withDrawing(Drawing wanted) {
    return new Options(pattern, rows, columns, iterations, threads, summary, wanted, help);
  }

  private Options withHelp() {
    return new Options(pattern, rows, columns, iterations, threads, summary, drawing, true);
  }
}
