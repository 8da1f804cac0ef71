package org.dsm4j.node.lifecycle;

/** Why a process ends, in a few words, and with which status. */
final class Reason {
  private static final String SIGNAL_SUFFIX = " handler";
  private static final int SIGNAL_BASE = 128;

  private Reason() {}

  /**
   * The signal whose handler the calling thread is: the JDK runs it in a thread named {@code SIGINT
   * handler}.
   *
   * @return its name, or null if the calling thread is another
   */
  static String signalOfCurrentThread() {
    String name = Thread.currentThread().getName();
    return name.startsWith("SIG") && name.endsWith(SIGNAL_SUFFIX)
        ? name.substring(0, name.length() - SIGNAL_SUFFIX.length())
        : null;
  }

  /** The status of a process that ends by a signal that the JDK handles. */
  static int statusOf(String signal) {
    return SIGNAL_BASE
        + switch (signal) {
          case "SIGHUP" -> 1;
          case "SIGINT" -> 2;
          default -> 15;
        };
  }

  /** What made the calling thread end the process. */
  static String ofCurrentThread() {
    String signal = signalOfCurrentThread();
    if (signal == null) {
      return "System.exit";
    }
    return signal.equals("SIGINT") ? "Ctrl-C" : signal;
  }

  /** What others see of a status: 8 bits, and not 0 if it was not. */
  static int visible(int status) {
    int bits = status & 0xff;
    return status != 0 && bits == 0 ? 1 : bits;
  }
}
