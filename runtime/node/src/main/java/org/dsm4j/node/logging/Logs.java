package org.dsm4j.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.slf4j.Logger;

/**
 * Our log: a Logback context of our own, set up by code. No configuration file, no system property
 * and no {@code System.setErr} of the application reaches it, and it reaches nothing of the
 * application's: it writes to the process's standard error, every line begun with {@code dsm: }.
 * Thread-safe.
 */
public final class Logs {
  private static final PrintStream ERROR =
      new PrintStream(new FileOutputStream(FileDescriptor.err), true);
  private static final LoggerContext CONTEXT = context();

  private Logs() {}

  private static LoggerContext context() {
    LoggerContext context = new LoggerContext();
    context.setName("dsm");
    // Without one no appender writes anything: slf4j would give it one, and is not asked here.
    context.setMDCAdapter(new LogbackMDCAdapter());
    LogLayout layout = new LogLayout();
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(Charset.defaultCharset());
    encoder.setLayout(layout);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(ERROR);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    context.start();
    return context;
  }

  /**
   * Sets what is written.
   *
   * @param level ERROR, WARN, INFO, DEBUG or TRACE, in any case
   * @throws IllegalArgumentException for any other
   */
  public static void level(String level) {
    Level wanted = Level.toLevel(level, null);
    if (wanted == null) {
      throw new IllegalArgumentException(
          "setting log is " + level + "; allowed: ERROR, WARN, INFO, DEBUG, TRACE");
    }
    CONTEXT.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(wanted);
  }

  /** The log of a class. */
  public static Logger of(Class<?> type) {
    return CONTEXT.getLogger(type.getName());
  }

  /** The log of that name. */
  public static Logger of(String name) {
    return CONTEXT.getLogger(name);
  }

  /**
   * Writes one line that the user must see whatever the level is; {@code dsm: } is put before it.
   */
  public static void line(String text) {
    ERROR.print("dsm: " + text.replaceAll("[\\r\\n]+", " | ") + System.lineSeparator());
    ERROR.flush();
  }
}
