package org.dsm4j.node.control;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dsm4j.node.logging.Logs;

/** The lines that are logged while it is open. */
final class HeardLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final Logger ROOT = (Logger) Logs.of(Logger.ROOT_LOGGER_NAME);

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  HeardLog() {
    setContext(ROOT.getLoggerContext());
    start();
    ROOT.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(event.getFormattedMessage());
  }

  /** The next line; fails if none comes. */
  String await() throws InterruptedException {
    String line = lines.poll(20, TimeUnit.SECONDS);
    assertNotNull(line, "nothing was logged");
    return line;
  }

  /** What has come and was not awaited. */
  List<String> rest() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    ROOT.detachAppender(this);
    stop();
  }
}
