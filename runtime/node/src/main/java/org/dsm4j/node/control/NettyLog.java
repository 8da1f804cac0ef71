package org.dsm4j.node.control;

import io.netty.util.internal.logging.AbstractInternalLogger;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.dsm4j.node.logging.Logs;
import org.slf4j.Logger;

/**
 * Netty's log lines into ours; without this Netty would start the logging it finds, with the
 * application's configuration.
 */
final class NettyLog extends AbstractInternalLogger {
  private static final long serialVersionUID = 1L;

  private final transient Logger log;

  private NettyLog(String name) {
    super(name);
    this.log = Logs.of(name);
  }

  /** To be called before any other class of Netty is used. */
  static void install() {
    InternalLoggerFactory.setDefaultFactory(
        new InternalLoggerFactory() {
          @Override
          protected InternalLogger newInstance(String name) {
            return new NettyLog(name);
          }
        });
  }

  @Override
  public boolean isTraceEnabled() {
    return log.isTraceEnabled();
  }

  @Override
  public void trace(String msg) {
    log.trace(msg);
  }

  @Override
  public void trace(String format, Object arg) {
    log.trace(format, arg);
  }

  @Override
  public void trace(String format, Object argA, Object argB) {
    log.trace(format, argA, argB);
  }

  @Override
  public void trace(String format, Object... arguments) {
    log.trace(format, arguments);
  }

  @Override
  public void trace(String msg, Throwable t) {
    log.trace(msg, t);
  }

  @Override
  public boolean isDebugEnabled() {
    return log.isDebugEnabled();
  }

  @Override
  public void debug(String msg) {
    log.debug(msg);
  }

  @Override
  public void debug(String format, Object arg) {
    log.debug(format, arg);
  }

  @Override
  public void debug(String format, Object argA, Object argB) {
    log.debug(format, argA, argB);
  }

  @Override
  public void debug(String format, Object... arguments) {
    log.debug(format, arguments);
  }

  @Override
  public void debug(String msg, Throwable t) {
    log.debug(msg, t);
  }

  @Override
  public boolean isInfoEnabled() {
    return log.isInfoEnabled();
  }

  @Override
  public void info(String msg) {
    log.info(msg);
  }

  @Override
  public void info(String format, Object arg) {
    log.info(format, arg);
  }

  @Override
  public void info(String format, Object argA, Object argB) {
    log.info(format, argA, argB);
  }

  @Override
  public void info(String format, Object... arguments) {
    log.info(format, arguments);
  }

  @Override
  public void info(String msg, Throwable t) {
    log.info(msg, t);
  }

  @Override
  public boolean isWarnEnabled() {
    return log.isWarnEnabled();
  }

  @Override
  public void warn(String msg) {
    log.warn(msg);
  }

  @Override
  public void warn(String format, Object arg) {
    log.warn(format, arg);
  }

  @Override
  public void warn(String format, Object... arguments) {
    log.warn(format, arguments);
  }

  @Override
  public void warn(String format, Object argA, Object argB) {
    log.warn(format, argA, argB);
  }

  @Override
  public void warn(String msg, Throwable t) {
    log.warn(msg, t);
  }

  @Override
  public boolean isErrorEnabled() {
    return log.isErrorEnabled();
  }

  @Override
  public void error(String msg) {
    log.error(msg);
  }

  @Override
  public void error(String format, Object arg) {
    log.error(format, arg);
  }

  @Override
  public void error(String format, Object argA, Object argB) {
    log.error(format, argA, argB);
  }

  @Override
  public void error(String format, Object... arguments) {
    log.error(format, arguments);
  }

  @Override
  public void error(String msg, Throwable t) {
    log.error(msg, t);
  }
}
