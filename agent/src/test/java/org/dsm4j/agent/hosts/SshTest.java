package org.dsm4j.agent.hosts;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.dsm4j.DsmException;
import org.junit.jupiter.api.Test;

/** Waiting for ssh, which a shell stands in for. */
class SshTest {
  private static Ssh ssh(String does) {
    return new Ssh(List.of("sh", "-c", does), 1);
  }

  private static String refused(String does) {
    return assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> assertThrows(DsmException.class, () -> ssh(does).check("host")).getMessage());
  }

  @Test
  void anEndIsNotWaitedForWithoutABound() {
    assertEquals("ssh has not ended within 1 s", refused("exec sleep 1000"));
  }

  @Test
  void itsLastLineSaysWhatIsWrong() {
    assertEquals("no route", refused("echo a banner; echo ' no route '; echo; exit 255"));
    assertEquals("ssh has ended without a word", refused("exit 255"));
  }

  @Test
  void aHostThatPrintsIsReached() {
    assertDoesNotThrow(() -> ssh("echo welcome").check("host"));
  }
}
