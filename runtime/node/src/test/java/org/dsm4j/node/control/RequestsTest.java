package org.dsm4j.node.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.dsm4j.DsmException;
import org.dsm4j.core.message.ToNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestsTest {
  private final Requests requests = new Requests();

  @Test
  void anAnswerMayComeFirst() {
    long request = requests.open();
    assertTrue(requests.answer(request, new ToNode.Done(request)));
    assertEquals(
        new ToNode.Done(request), requests.await(request, "x", TimeUnit.SECONDS.toNanos(1)));
    assertFalse(requests.answer(request, new ToNode.Done(request)), "nobody waits any more");
  }

  @Test
  void failuresAndSilenceAreNamed() {
    long refused = requests.open();
    requests.answer(refused, new ToNode.Failure(refused, "because"));
    assertEquals("because", message(refused));
    String late = message(requests.open());
    assertTrue(late.contains("allocating x") && late.contains("5 ms"), late);
  }

  @Test
  void aBrokenLinkEndsAllWaitsNowAndLater() {
    long before = requests.open();
    requests.fail("the manager is gone");
    assertTrue(message(before).contains("the manager is gone"));
    assertTrue(message(requests.open()).contains("the manager is gone"));
  }

  @Test
  void interruptionIsKeptForLater() {
    long request = requests.open();
    Thread.currentThread().interrupt();
    assertTrue(message(request).contains("did not answer"));
    assertTrue(Thread.interrupted());
  }

  private String message(long request) {
    long bound = TimeUnit.MILLISECONDS.toNanos(5);
    return assertThrows(DsmException.class, () -> requests.await(request, "allocating x", bound))
        .getMessage();
  }
}
