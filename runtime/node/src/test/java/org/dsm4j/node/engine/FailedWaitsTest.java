package org.dsm4j.node.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FailedWaitsTest {
  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  @Test
  void otherFailuresComeBackAtOnce() {
    FailedWaits waits = new FailedWaits(true, LONG);
    waits.holdIfProcessEnds(Status.PARTIES);
    waits.holdIfProcessEnds(Status.BUSY);
    waits.holdIfProcessEnds(Status.BROKEN);
    waits.processEnds();
    waits.holdIfProcessEnds(Status.FULL);
  }

  @Test
  void whoDoesNotOwnTheProcessIsTold() {
    FailedWaits waits = new FailedWaits(false, LONG);
    waits.processEnds();
    waits.holdIfProcessEnds(Status.LOST);
    waits.holdIfProcessEnds(Status.BROKEN);
  }

  @Test
  void whatTheEndBreaksStandsStill() throws Exception {
    for (int status : new int[] {Status.LOST, Status.CLOSED, Status.ORPHANED, Status.BROKEN}) {
      FailedWaits waits = new FailedWaits(true, LONG);
      waits.processEnds();
      Thread thread = new Thread(() -> waits.holdIfProcessEnds(status));
      thread.setDaemon(true);
      thread.start();
      thread.interrupt();
      thread.join(100);
      assertTrue(thread.isAlive(), Status.describe(status));
    }
  }

  @Test
  void butNotForEver() {
    FailedWaits waits = new FailedWaits(true, -TimeUnit.SECONDS.toNanos(5));
    assertEquals(
        Status.LOST,
        held(waits, Status.LOST),
        "after the grace the thread learns what is the matter");
  }

  private static int held(FailedWaits waits, int status) {
    waits.holdIfProcessEnds(status);
    return status;
  }
}
