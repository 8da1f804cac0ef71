package org.dsm4j.node.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StageTest {
  private final Stage stage = new Stage();

  @Test
  void theFirstDecisionStands() {
    assertFalse(stage.isDecided());
    assertTrue(stage.decide(3));
    assertFalse(stage.decide(4));
    assertEquals(3, stage.status());
  }

  @Test
  void waitsEndInTimeOrWhenItHolds() throws Exception {
    assertFalse(stage.await(Stage::isAllEnded, TimeUnit.MILLISECONDS.toNanos(5)));
    assertTrue(stage.await(now -> !now.isDecided(), 0));
    Thread waiter = new Thread(() -> stage.await(Stage::isAllEnded, Stage.FOR_EVER));
    waiter.start();
    stage.allEnded();
    waiter.join();
    assertTrue(stage.isAllEnded());
  }

  @Test
  void interruptionDoesNotEndAWaitButIsKept() {
    Thread.currentThread().interrupt();
    assertFalse(stage.await(Stage::isMayLeave, TimeUnit.MILLISECONDS.toNanos(5)));
    assertTrue(Thread.interrupted());
  }

  @Test
  void reasonsNameTheSignal() throws Exception {
    assertNull(Reason.signalOfCurrentThread());
    assertEquals("System.exit", Reason.ofCurrentThread());
    AtomicReference<String> seen = new AtomicReference<>();
    Thread handler =
        new Thread(
            () -> seen.set(Reason.signalOfCurrentThread() + " " + Reason.ofCurrentThread()),
            "SIGINT handler");
    handler.start();
    handler.join();
    assertEquals("SIGINT Ctrl-C", seen.get());
    assertEquals(130, Reason.statusOf("SIGINT"));
    assertEquals(143, Reason.statusOf("SIGTERM"));
    assertEquals(129, Reason.statusOf("SIGHUP"));
  }

  @Test
  void aStatusThatWasNotZeroIsNotSeenAsZero() {
    assertEquals(0, Reason.visible(0));
    assertEquals(3, Reason.visible(3));
    assertEquals(255, Reason.visible(-1));
    assertEquals(1, Reason.visible(256));
  }
}
