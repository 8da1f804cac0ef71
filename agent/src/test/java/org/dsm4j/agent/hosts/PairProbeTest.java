package org.dsm4j.agent.hosts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both ends of a measurement; and others who connect meanwhile. */
@Timeout(60)
class PairProbeTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();

  private ServerSocket listener;
  private CompletableFuture<Void> served;

  @BeforeEach
  void listen() throws IOException {
    listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    served =
        CompletableFuture.runAsync(
            () -> {
              try {
                PairProbe.serve(listener, TOKEN);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Test
  void measuresAndListensNoMore() throws Exception {
    PairProbe.Result result = PairProbe.measure(HOST, listener.getLocalPort(), TOKEN);
    assertTrue(result.roundTripMicros() > 0.5 && result.roundTripMicros() < 1e6, "" + result);
    assertTrue(result.upBytesPerSecond() > 1e5, "" + result);
    assertTrue(result.downBytesPerSecond() > 1e5, "" + result);
    served.get(20, TimeUnit.SECONDS);
    assertTrue(listener.isClosed());
  }

  @Test
  void aWrongTokenIsDroppedWithoutAWord() throws Exception {
    String wrong = TOKEN.replace('0', '1');
    assertThrows(IOException.class, () -> PairProbe.measure(HOST, listener.getLocalPort(), wrong));
    try (Socket nothing = new Socket(HOST, listener.getLocalPort())) {
      nothing.shutdownOutput();
      assertEquals(-1, nothing.getInputStream().read());
    }
    assertTrue(PairProbe.measure(HOST, listener.getLocalPort(), TOKEN).roundTripMicros() > 0);
  }

  /**
   * Byte by byte a token could last for ever; who has the right one waits no longer than for any.
   */
  @Test
  void aTokenThatTricklesInIsDropped() throws Exception {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try (Socket stranger = new Socket(HOST, listener.getLocalPort())) {
      OutputStream out = stranger.getOutputStream();
      out.write('0');
      clock.scheduleAtFixedRate(() -> trickle(out), 300, 300, TimeUnit.MILLISECONDS);
      assertTrue(PairProbe.measure(HOST, listener.getLocalPort(), TOKEN).roundTripMicros() > 0);
    } finally {
      clock.shutdownNow();
    }
  }

  private static void trickle(OutputStream out) {
    try {
      out.write('0');
    } catch (IOException dropped) {
      throw new UncheckedIOException(dropped); // no more of them
    }
  }

  @Test
  void aCrowdEndsIt() throws Exception {
    for (int i = 0; i < 16; i++) {
      try (Socket stranger = new Socket(HOST, listener.getLocalPort())) {
        stranger.getOutputStream().write("nonsense".repeat(4).getBytes(StandardCharsets.US_ASCII));
      }
    }
    served.get(20, TimeUnit.SECONDS);
    assertTrue(listener.isClosed());
  }

  @Test
  void aMessageThatIsTooLongEndsTheConnection() throws Exception {
    try (Socket friend = new Socket(HOST, listener.getLocalPort())) {
      OutputStream out = friend.getOutputStream();
      out.write(TOKEN.getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[] {'U', 0x7f, 0, 0, 0});
      assertEquals(-1, friend.getInputStream().read());
    }
    served.get(20, TimeUnit.SECONDS);
  }
}
