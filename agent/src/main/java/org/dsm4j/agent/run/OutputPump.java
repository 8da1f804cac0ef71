package org.dsm4j.agent.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Carries one output stream of a node to the launcher's, in whole lines, each behind the node's
 * prefix. Its own thread.
 */
final class OutputPump {
  private static final int CHUNK_BYTES = 16 << 10;

  private final InputStream from;
  private final OutputStream to;
  private final byte[] prefix;
  private final Predicate<byte[]> dropped;
  private final Thread thread;

  private OutputPump(
      String name, InputStream from, OutputStream to, String prefix, Predicate<byte[]> dropped) {
    this.from = from;
    this.to = to;
    this.dropped = dropped;
    this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
    this.thread = new Thread(null, this::run, name, 0, false);
    thread.setDaemon(true);
  }

  /**
   * Starts to carry.
   *
   * @param to shared by all pumps; a line is one write under its monitor
   * @param dropped lines that are not written
   */
  static OutputPump start(
      String name, InputStream from, OutputStream to, String prefix, Predicate<byte[]> dropped) {
    OutputPump pump = new OutputPump(name, from, to, prefix, dropped);
    pump.thread.start();
    return pump;
  }

  /** Waits until the stream has ended and all of it is written, or the time is over. */
  void await(long millis) throws InterruptedException {
    thread.join(millis);
  }

  private void run() {
    LineSplitter splitter = new LineSplitter(this::write);
    byte[] chunk = new byte[CHUNK_BYTES];
    try (from) {
      for (int length = from.read(chunk); length >= 0; length = from.read(chunk)) {
        splitter.accept(chunk, length);
      }
    } catch (IOException e) {
      // The process has been ended; what it wrote before is in the splitter.
    }
    splitter.end();
  }

  private void write(byte[] line) {
    if (dropped.test(line)) {
      return;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(prefix.length + line.length);
    whole.writeBytes(prefix);
    whole.writeBytes(line);
    synchronized (to) {
      try {
        whole.writeTo(to);
        to.flush();
      } catch (IOException e) {
        // Nobody reads us any more (a closed pipe): the node shall still be able to write.
      }
    }
  }
}
