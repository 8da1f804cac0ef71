package org.dsm4j.agent.hosts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which hosts, and what is said to them. */
class HostListTest {
  @TempDir private Path folder;

  @Test
  void namesAndNumbersOfNodes() {
    assertEquals(List.of("a"), HostList.parse("a"));
    assertEquals(List.of("a", "me@b.example", "d", "d"), HostList.parse("a, me@b.example,d:2"));
    assertEquals(List.of("192.0.2.1", "192.0.2.1"), HostList.parse("192.0.2.1:2"));
  }

  /** An option of ssh's is no host. */
  @ParameterizedTest
  @ValueSource(strings = {"", "a,,b", "a:0", "a:x", "a:99999", "-oProxyCommand=x", "a b", "a:2:3"})
  void whatIsNoHostIsRefused(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> HostList.parse(text)).getMessage();
    assertTrue(message.contains("HOST:NODES"), message);
  }

  @Test
  void aHostfileOfMpirun() throws IOException {
    Path file = folder.resolve("hosts");
    Files.writeString(file, "# all of them\na slots=2 max_slots=4\n\nb:2 # two\nc\n");
    assertEquals(List.of("a", "a", "b", "b", "c"), HostList.read(file));
    Files.writeString(file, "a\nb slots=0\n");
    String message =
        assertThrows(IllegalArgumentException.class, () -> HostList.read(file)).getMessage();
    assertTrue(message.contains("line 2"), message);
    Files.writeString(file, "# none\n");
    assertThrows(IllegalArgumentException.class, () -> HostList.read(file));
    assertThrows(IllegalArgumentException.class, () -> HostList.read(folder.resolve("not-there")));
  }

  @Test
  void wordsReachTheOtherShellAsTheyAre() {
    assertEquals("'it'\\''s $HOME; x'", Ssh.quote("it's $HOME; x"));
  }

  @Test
  void aKeyGoesWhereItIsShownAndNowhereElse() {
    Map<String, byte[]> one = Map.of("tls-certificate", new byte[1], "tls-key", new byte[1]);
    assertEquals(one.keySet(), plan(one).filesFor(0).keySet());
    assertEquals(Set.of("tls-trust"), plan(one).filesFor(1).keySet());
    Map<String, byte[]> mutual = new TreeMap<>(one);
    mutual.put("tls-trust", new byte[1]);
    assertEquals(mutual.keySet(), plan(mutual).filesFor(1).keySet());
    assertEquals(Set.of(), plan(Map.of()).filesFor(1).keySet());
  }

  private static HostPlan plan(Map<String, byte[]> files) {
    return new HostPlan(List.of("a", "b"), List.of("ssh"), "java", null, "1", "secret", files);
  }

  @Test
  void framesAndWhatIsStartedArriveAsTheyWereSent() throws IOException {
    RemoteStart start =
        new RemoteStart(
            "1.0",
            "a secret of a test",
            List.of("-Xmx1g"),
            Map.of("node", "3", "silence", "4s"),
            List.of("-jar", "app.jar", "a b"),
            Map.of("tls-key", new byte[] {1, 2, 3}));
    assertFalse(start.toString().contains("secret"));
    ByteArrayOutputStream pipe = new ByteArrayOutputStream();
    Frames out = new Frames(new ByteArrayInputStream(new byte[0]), pipe);
    out.write(Frames.START, start.encode());
    out.stream(Frames.OUT).write(new byte[] {7, 8});
    Frames in = new Frames(new ByteArrayInputStream(pipe.toByteArray()), pipe);
    RemoteStart arrived = RemoteStart.decode(in.read().payload());
    assertArrayEquals(start.files().get("tls-key"), arrived.files().get("tls-key"));
    assertEquals(start.toString(), arrived.toString());
    assertEquals(start.settings(), arrived.settings());
    assertEquals(start.secret() + start.build(), arrived.secret() + arrived.build());
    Frames.Frame line = in.read();
    assertEquals(Frames.OUT, line.kind());
    assertArrayEquals(new byte[] {7, 8}, line.payload());
    assertNull(in.read());
    byte[] noise = "Welcome to this host\n".getBytes();
    assertThrows(IOException.class, () -> new Frames(new ByteArrayInputStream(noise), pipe).read());
  }
}
