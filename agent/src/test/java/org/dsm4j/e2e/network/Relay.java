package org.dsm4j.e2e.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between nodes that advertise its address instead of theirs: passes on what comes to its
 * ports after a while, for kernels that cannot delay, and keeps what the connectors began with.
 *
 * <p>Arguments: milliseconds of delay, a folder for what is heard (files {@code PORT-N}), its own
 * address, and {@code PORT=HOST} for each port. Ends with its standard input.
 */
public final class Relay {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int HEARD_BYTES = 512;

  private final long delayNanos;
  private final Path folder;
  private final AtomicInteger connections = new AtomicInteger();

  private Relay(long delayMillis, Path folder) {
    this.delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
    this.folder = folder;
  }

  /** Prints a line when it listens. */
  public static void main(String[] args) throws IOException {
    Relay relay = new Relay(Long.parseLong(args[0]), Path.of(args[1]));
    for (String each : Arrays.asList(args).subList(3, args.length)) {
      int port = Integer.parseInt(each.substring(0, each.indexOf('=')));
      String host = each.substring(each.indexOf('=') + 1);
      ServerSocket listener = new ServerSocket(port, 16, InetAddress.getByName(args[2]));
      daemon(() -> relay.accept(listener, host));
    }
    System.out.println("relaying");
    System.in.transferTo(OutputStream.nullOutputStream());
  }

  private void accept(ServerSocket listener, String host) {
    while (true) {
      try {
        Socket from = listener.accept();
        Socket to;
        try {
          to = new Socket(host, listener.getLocalPort());
        } catch (IOException refused) {
          from.close();
          continue;
        }
        Path heard = folder.resolve(listener.getLocalPort() + "-" + connections.incrementAndGet());
        carry(from, to, heard);
        carry(to, from, null);
      } catch (IOException e) {
        System.err.println("relay: " + e);
      }
    }
  }

  /** Bytes and when they are to be passed on; none: the end. */
  private record Chunk(byte[] bytes, long due) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.signum(due - ((Chunk) other).due);
    }
  }

  private void carry(Socket from, Socket to, Path heard) throws IOException {
    from.setTcpNoDelay(true);
    DelayQueue<Chunk> queue = new DelayQueue<>();
    daemon(() -> read(from, queue, heard));
    daemon(() -> write(to, queue));
  }

  private void read(Socket from, DelayQueue<Chunk> queue, Path heard) {
    byte[] bytes = new byte[CHUNK_BYTES];
    int kept = 0;
    long last = System.nanoTime();
    try {
      InputStream in = from.getInputStream();
      for (int length = in.read(bytes); length > 0; length = in.read(bytes)) {
        if (heard != null && kept < HEARD_BYTES) {
          Files.write(
              heard,
              Arrays.copyOf(bytes, Math.min(length, HEARD_BYTES - kept)),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
          kept += length;
        }
        last = Math.max(last + 1, System.nanoTime() + delayNanos);
        queue.add(new Chunk(Arrays.copyOf(bytes, length), last));
      }
    } catch (IOException e) {
      // It has ended.
    }
    queue.add(new Chunk(new byte[0], Math.max(last + 1, System.nanoTime() + delayNanos)));
  }

  private static void write(Socket to, DelayQueue<Chunk> queue) {
    try {
      OutputStream out = to.getOutputStream();
      for (Chunk next = queue.take(); next.bytes.length > 0; next = queue.take()) {
        out.write(next.bytes);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // It has ended; the other direction learns of it by itself.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }
}
