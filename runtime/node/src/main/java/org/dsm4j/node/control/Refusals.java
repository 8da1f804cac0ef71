package org.dsm4j.node.control;

import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.dsm4j.node.logging.Logs;
import org.slf4j.Logger;

/**
 * Tells of refused connections, one line a minute at most: who attacks shall not fill the log.
 * Confined to one thread.
 */
final class Refusals {
  private static final Logger LOG = Logs.of(Refusals.class);
  private static final long LINE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(60);

  private boolean told;
  private long toldAt;
  private long untold;

  /** A connection is refused. */
  void tell(SocketAddress from, String why, long now) {
    if (told && now - toldAt < LINE_EVERY_NANOS) {
      untold++;
      return;
    }
    String more = untold == 0 ? "" : "; and " + untold + " more before";
    LOG.warn("refused the connection from {}: {}{}", from, why, more);
    told = true;
    toldAt = now;
    untold = 0;
  }
}
