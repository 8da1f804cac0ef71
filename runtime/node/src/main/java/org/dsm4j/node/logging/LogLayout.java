package org.dsm4j.node.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;

/**
 * One line an event, {@code dsm: LEVEL Class: message}, and the stack trace if there is one. By
 * hand, since Logback's pattern layout brings a hundred classes to the start of every program.
 */
final class LogLayout extends LayoutBase<ILoggingEvent> {
  @Override
  public String doLayout(ILoggingEvent event) {
    String logger = event.getLoggerName();
    IThrowableProxy thrown = event.getThrowableProxy();
    return "dsm: "
        + event.getLevel()
        + " "
        + logger.substring(logger.lastIndexOf('.') + 1)
        + ": "
        + String.valueOf(event.getFormattedMessage()).replaceAll("[\\r\\n]+", " | ")
        + System.lineSeparator()
        + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown));
  }
}
