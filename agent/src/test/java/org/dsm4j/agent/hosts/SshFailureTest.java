package org.dsm4j.agent.hosts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is told of hosts on which nothing can be started, and what is read over on those that talk.
 */
class SshFailureTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "255 | root@h: Permission denied (publickey,password). | ssh-copy-id h",
        "255 | Host key verification failed. | failed; its key is not known here, or has changed: connect once by hand, ssh h",
        "255 | ssh: connect to host h port 22: Connection timed out | see whether \"ssh h true\" works",
        "255 | ssh: Could not resolve hostname h: Name or service not known | check the name",
        "255 | kex_exchange_identification: Connection closed by remote host | MaxStartups",
        "127 | bash: line 1: exec: java: not found | there is no java there",
        "126 | bash: line 1: /opt/java: Permission denied | its java cannot be run",
        "1 | java.lang.UnsupportedClassVersionError: org/dsm4j has been compiled by | is too old",
        "1 | Error: Unable to access jarfile /x/dsm-agent.jar | use --stage DIR",
        "3 | something else | something else (status 3)"
      })
  void aLineSaysWhatToDo(int status, String said, String remedy) {
    String line = SshFailure.explain("h", status, List.of("Warning: a key", said, ""), "java");
    assertTrue(line.contains(remedy), line);
    assertFalse(line.contains("\n"), line);
  }

  @Test
  void whoSaysNothingIsToldOfToo() {
    assertTrue(SshFailure.explain("h", 255, List.of(), null).startsWith("no connection; see"));
    assertEquals("(status 9)", SshFailure.explain("h", 9, List.of(), "java"));
  }

  private static Frames reading(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new Frames(new ByteArrayInputStream(bytes), new ByteArrayOutputStream());
  }

  @Test
  void whatStartUpFilesPrintIsReadOver() throws IOException {
    ByteArrayOutputStream pipe = new ByteArrayOutputStream();
    Frames out = new Frames(new ByteArrayInputStream(new byte[0]), pipe);
    out.hello();
    out.write(Frames.OUT, new byte[] {7});
    String sent = pipe.toString(StandardCharsets.ISO_8859_1);
    for (String before : List.of("", "Welcome!\n", "\n\n", "\nDSM4J", "\nDSM4J fram\n\nDSM4J\n")) {
      Frames in = reading(before + sent);
      assertTrue(in.awaitHello(), before);
      assertEquals(Frames.OUT, in.read().kind(), before);
    }
    assertFalse(reading("Welcome!\n").awaitHello());
  }
}
