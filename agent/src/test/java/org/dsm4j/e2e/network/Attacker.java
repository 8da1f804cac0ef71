package org.dsm4j.e2e.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Attacks every port of a cluster. Knows the secret only to make what is nearly right, as one who
 * has stolen an old version would; what it says is made after docs/wire.md, not by the product's
 * code.
 *
 * <p>{@code nothing-wrong} is the control: it is answered, so the others are refused for what is
 * wrong with them.
 *
 * <p>Arguments: the secret's file, the cluster's name, a folder with what was heard, and HOST:PORT
 * of each port, the manager's first. Commands, a line each:
 *
 * <ul>
 *   <li>{@code await}: until every port answers
 *   <li>{@code once}: each attack at each port; a line for each says what became of it
 *   <li>{@code crowd N}: N connections to each port that say nothing; they stay
 *   <li>{@code siege}: connections to the manager that say nothing, as many a second as can be,
 *       until {@code lift}; it begins when the manager answers
 *   <li>{@code disperse}: those end
 *   <li>{@code storm MICROS}: attacks after one another, that far apart, until {@code calm}, which
 *       tells how many there were
 * </ul>
 */
public final class Attacker {
  private static final int CHALLENGE = 48;
  private static final int PROOF = 88;
  private static final int HEAD = 16;
  private static final int NONCE = 32;
  private static final int HELLO = 56;
  private static final int PLANE_AT = 8;
  private static final int SECURED_AT = 10;
  private static final int PROTOCOL_AT = 12;
  private static final int RANDOM_BYTES = 64 << 10;
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final int RETRY_MILLIS = 20;

  /** More than a manager keeps waiting. */
  private static final int BESIEGERS = 600;

  /** No node has it; still it proves itself. */
  private static final int NODE = 9;

  /** What is sent to who sent this challenge. */
  private interface Attack {
    byte[] bytes(byte[] challenge, int acceptor) throws GeneralSecurityException;
  }

  private final byte[] secret;
  private final String cluster;
  private final List<InetSocketAddress> ports = new ArrayList<>();
  private final Map<String, Attack> attacks = new LinkedHashMap<>();
  private final List<Socket> crowd = new ArrayList<>();
  private final Random random = new Random(7);
  private volatile boolean calm;

  private Attacker(String[] args) throws IOException {
    secret = Files.readString(Path.of(args[0])).strip().getBytes(StandardCharsets.UTF_8);
    cluster = args[1];
    for (String each : Arrays.asList(args).subList(3, args.length)) {
      int colon = each.lastIndexOf(':');
      ports.add(
          new InetSocketAddress(
              each.substring(0, colon), Integer.parseInt(each.substring(colon + 1))));
    }
    byte[] other = "a secret, but that of others".getBytes(StandardCharsets.UTF_8);
    attacks.put("nothing-wrong", (from, acceptor) -> proof(from, acceptor, secret, 1, 0));
    attacks.put("wrong-secret", (from, acceptor) -> proof(from, acceptor, other, 1, 0));
    attacks.put("no-secret", (from, acceptor) -> proof(from, acceptor, new byte[1], 0, 0));
    attacks.put("old-version", (from, acceptor) -> proof(from, acceptor, secret, 1, -1));
    attacks.put("another-node's", (from, acceptor) -> proof(from, acceptor + 1, secret, 1, 0));
    attacks.put("reflected", (from, acceptor) -> Arrays.copyOf(from, PROOF + HELLO));
    attacks.put(
        "truncated",
        (from, acceptor) -> Arrays.copyOf(proof(from, acceptor, secret, 1, 0), PROOF - 1));
    attacks.put("random", (from, acceptor) -> randomBytes());
    try (Stream<Path> heard = Files.list(Path.of(args[2]))) {
      for (Path each : heard.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(each);
        attacks.put("replayed-" + each.getFileName(), (from, acceptor) -> bytes);
      }
    }
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  /** What such a node would send, with what is to be wrong with it. */
  private byte[] proof(byte[] challenge, int acceptor, byte[] secret, int secured, int versions)
      throws GeneralSecurityException {
    ByteBuffer bytes = ByteBuffer.allocate(PROOF + HELLO).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(challenge, 0, HEAD).putInt(NODE).putInt(acceptor).put(new byte[NONCE]);
    bytes.putShort(SECURED_AT, (short) secured);
    bytes.putInt(PROTOCOL_AT, bytes.getInt(PROTOCOL_AT) + versions);
    byte plane = challenge[PLANE_AT];
    byte[] key = hmac(secret, ascii("DSM4J key\0"), new byte[] {plane}, ascii(cluster));
    byte[] told = Arrays.copyOf(bytes.array(), HEAD + 2 * Integer.BYTES + NONCE);
    return bytes.put(hmac(key, ascii("DSM4J connector\0"), challenge, told)).array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }

  /** Until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Attacker attacker = new Attacker(args);
    System.out.println("lurking");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Thread storm = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "await" -> {
          attacker.await(attacker.ports);
          System.out.println("answered");
        }
        case "once" -> attacker.once();
        case "crowd" -> attacker.gather(Integer.parseInt(words[1]));
        case "siege" -> {
          attacker.calm = false;
          storm = new Thread(attacker::siege);
          storm.start();
        }
        case "lift" -> {
          attacker.calm = true;
          storm.join();
        }
        case "disperse" -> attacker.disperse();
        case "storm" -> {
          attacker.calm = false;
          storm = new Thread(() -> attacker.storm(Long.parseLong(words[1])));
          storm.start();
        }
        case "calm" -> {
          attacker.calm = true;
          storm.join();
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  private void siege() {
    int made = 0;
    Deque<Socket> open = new ArrayDeque<>();
    try {
      await(ports.subList(0, 1));
      System.out.println("besieged");
      while (!calm) {
        open.add(new Socket(ports.get(0).getAddress(), ports.get(0).getPort()));
        made++;
        if (open.size() > BESIEGERS) {
          open.remove().close();
        }
      }
      for (Socket each : open) {
        each.close();
      }
    } catch (IOException | GeneralSecurityException e) {
      System.out.println("siege broken: " + e);
    }
    System.out.println("lifted after " + made);
  }

  private void await(List<InetSocketAddress> those) throws GeneralSecurityException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * TIMEOUT_MILLIS);
    for (InetSocketAddress port : those) {
      while (!outcome(port, attacks.get("truncated")).equals("refused")) {
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(port + " does not answer");
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
      }
    }
  }

  private void once() throws GeneralSecurityException {
    for (InetSocketAddress port : ports) {
      for (Map.Entry<String, Attack> each : attacks.entrySet()) {
        System.out.println(
            "attack "
                + port.getPort()
                + " "
                + each.getKey()
                + " "
                + outcome(port, each.getValue()));
      }
    }
    System.out.println("attacked");
  }

  /**
   * What becomes of an attack: {@code closed} nobody listens, {@code refused} after a challenge and
   * nothing more, or what should not be.
   */
  private String outcome(InetSocketAddress port, Attack attack) throws GeneralSecurityException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(port, TIMEOUT_MILLIS);
      InputStream in = socket.getInputStream();
      byte[] challenge = in.readNBytes(CHALLENGE);
      if (challenge.length < CHALLENGE) {
        return "dropped";
      }
      try {
        socket.getOutputStream().write(attack.bytes(challenge, acceptor(port)));
        socket.shutdownOutput();
      } catch (IOException e) {
        return "refused";
      }
      return afterwards(in);
    } catch (ConnectException e) {
      return "closed";
    } catch (IOException e) {
      return "broken " + e.getMessage();
    }
  }

  /** Its number: -1 for the manager, then the nodes in order. */
  private int acceptor(InetSocketAddress port) {
    return ports.indexOf(port) - 1;
  }

  private static String afterwards(InputStream in) {
    try {
      int more = in.readAllBytes().length;
      return more == 0 ? "refused" : "answered with " + more + " bytes";
    } catch (java.net.SocketTimeoutException e) {
      return "kept";
    } catch (IOException reset) {
      return "refused";
    }
  }

  private void gather(int size) {
    int made = 0;
    for (int i = 0; i < size; i++) {
      for (InetSocketAddress port : ports) {
        try {
          Socket socket = new Socket();
          crowd.add(socket);
          socket.connect(port, TIMEOUT_MILLIS);
          made++;
        } catch (ConnectException e) {
          // Nobody listens.
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    System.out.println("gathered " + made);
  }

  private void disperse() throws IOException {
    for (Socket each : crowd) {
      each.close();
    }
    crowd.clear();
    System.out.println("dispersed");
  }

  private void storm(long micros) {
    int attempts = 0;
    int closed = 0;
    long next = System.nanoTime();
    List<Attack> all = List.copyOf(attacks.values());
    try {
      while (!calm) {
        InetSocketAddress port = ports.get(attempts % ports.size());
        String outcome = outcome(port, all.get(attempts % all.size()));
        attempts++;
        closed += outcome.equals("closed") ? 1 : 0;
        next += TimeUnit.MICROSECONDS.toNanos(micros);
        LockSupport.parkNanos(next - System.nanoTime());
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    System.out.println("storm " + attempts + " attacks, " + closed + " closed");
  }
}
