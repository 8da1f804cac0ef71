package org.dsm4j.node.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.dsm4j.DsmException;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.node.auth.ClusterSecret;
import org.dsm4j.node.auth.ClusterTls;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The control plane in TLS: who gets in, and what both ends say to who does not. */
@Timeout(60)
class TlsTest {
  private static final ClusterSecret SECRET =
      ClusterSecret.of("known to all nodes of the test", "the test");
  private static final ClusterSecret OTHER =
      ClusterSecret.of("known to somebody else's nodes", "the test");
  private static final long JOIN_NANOS = TimeUnit.SECONDS.toNanos(20);

  @TempDir private static Path folder;
  private static Certificates made;

  @BeforeAll
  static void make() throws Exception {
    made =
        new Certificates(folder)
            .make("ca", "-ext", "bc=ca:true")
            .make("here", "-signer", "ca", "-ext", "san=ip:127.0.0.1")
            .make("elsewhere", "-signer", "ca", "-ext", "san=dns:elsewhere")
            .make("alone")
            .make("old", "-startdate", "-10d", "-validity", "5");
  }

  private static ClusterTls of(String own, String trusted) {
    return ClusterTls.read(
        own == null ? null : made.certificate(own),
        own == null ? null : made.key(own),
        trusted == null ? null : made.certificate(trusted));
  }

  private static ManagerServer server(ClusterTls tls) {
    return ManagerServer.start(ManagerConfig.of(0, 1, "dsm").withSecret(SECRET).withTls(tls));
  }

  /** A real node's side, to its joining. */
  private static void join(int port, ClusterSecret secret, ClusterTls tls) {
    try (ControlClient client =
        ControlClient.connect(
            "127.0.0.1",
            port,
            new NodeIdentity(0, "dsm", secret, tls),
            new NoEvents(),
            JOIN_NANOS,
            JOIN_NANOS,
            false)) {
      ToManager.Join join = ManagerServerTest.join(0, 1);
      assertEquals(1, client.join(join, JOIN_NANOS).addresses().size());
    }
  }

  /** What a node and its manager say, a line each, when they do not come together. */
  private record Refusal(String node, String manager) {
    static Refusal of(ClusterTls manager, ClusterSecret secret, ClusterTls node)
        throws InterruptedException {
      try (HeardLog log = new HeardLog();
          ManagerServer server = server(manager)) {
        String told =
            assertThrows(DsmException.class, () -> join(server.port(), secret, node)).getMessage();
        assertFalse(told.contains("\n"), told);
        String line = log.await();
        assertFalse(line.contains("\n"), line);
        assertEquals(List.of(), log.rest());
        return new Refusal(told, line);
      }
    }

    void expect(String ofNode, String ofManager) {
      assertTrue(node.contains(ofNode), node);
      assertTrue(manager.contains(ofManager), manager);
    }
  }

  @Test
  void oneCertificateForAllIsEnough() {
    try (ManagerServer server = server(of("alone", null))) {
      join(server.port(), SECRET, of("alone", null));
    }
    try (ManagerServer server = server(of("alone", null))) {
      join(server.port(), SECRET, of(null, "alone"));
    }
  }

  @Test
  void aCertificateThatAKnownOneHasSignedIsForItsHost() throws Exception {
    try (ManagerServer server = server(of("here", null))) {
      join(server.port(), SECRET, of(null, "ca"));
    }
    Refusal.of(of("elsewhere", null), SECRET, of(null, "ca"))
        .expect("is not for \"127.0.0.1\"", "the node's own line says why");
    try (ManagerServer server = server(of("elsewhere", null))) {
      join(server.port(), SECRET, of(null, "elsewhere"));
    }
  }

  @Test
  void anotherCertificateIsRefused() throws Exception {
    Refusal.of(of("alone", null), SECRET, of(null, "ca"))
        .expect("\"CN=alone\" is neither in tls-trust=", "the node's own line says why");
  }

  @Test
  void withATrustOfItsOwnTheManagerKnowsItsNodes() throws Exception {
    ClusterTls manager = of("here", "ca");
    try (ManagerServer server = server(manager)) {
      join(server.port(), SECRET, of("elsewhere", "ca"));
    }
    Refusal.of(manager, SECRET, of(null, "ca"))
        .expect("set tls-certificate and tls-key", "it shows no certificate");
    Refusal.of(manager, SECRET, of("alone", "ca"))
        .expect("set tls-certificate and tls-key", "\"CN=alone\" is neither in tls-trust=");
  }

  @Test
  void theSecretIsAskedForInsideOfTls() throws Exception {
    Refusal.of(of("alone", null), OTHER, of(null, "alone"))
        .expect("the same secret", "does not know the cluster's secret");
  }

  @Test
  void oneSideAloneInTlsIsTold() throws Exception {
    long start = System.nanoTime();
    Refusal.of(of("alone", null), SECRET, null)
        .expect("it demands TLS, and here there is none", "does not begin TLS");
    Refusal.of(null, SECRET, of(null, "alone")).expect("it does not use TLS", "it speaks TLS");
    assertTrue(System.nanoTime() - start < JOIN_NANOS, "not only when the time is over");
  }

  @Test
  void nothingOnTheWireIsInTheClear() throws Exception {
    for (ClusterTls tls : new ClusterTls[] {null, of("alone", null)}) {
      try (ManagerServer server = server(tls);
          Listener listener = new Listener(server.port())) {
        join(listener.port(), SECRET, tls);
        String heard = listener.heard();
        for (String word : new String[] {"DM4A", "home-block", "application", "127.0.0.1"}) {
          assertEquals(tls == null, heard.contains(word), heard);
        }
      }
    }
  }

  @Test
  void filesThatCannotBeUsedAreRefusedInOneLine() throws Exception {
    assertNull(ClusterTls.read(null, null, null));
    Path key = made.key("alone");
    Path certificate = made.certificate("alone");
    expectRefused(certificate, null, null, "without tls-key");
    expectRefused(null, key, null, "without tls-certificate");
    expectRefused(certificate, made.key("ca"), null, "is not the key of the certificate");
    expectRefused(certificate, folder.resolve("none"), null, "there is no file");
    expectRefused(folder.resolve("none"), key, null, "which tls-certificate names");
    expectRefused(null, null, folder.resolve("none"), "which tls-trust names");
    expectRefused(null, null, folder, "tls-trust=" + folder);
    expectRefused(certificate, certificate, null, "can be read or changed by others");
    expectRefused(key, key, null, "holds no certificate");
    expectRefused(made.certificate("old"), made.key("old"), null, "has expired on ");
    expectRefused(
        certificate, file("word", "nonsense\n"), null, "it begins: -----BEGIN PRIVATE KEY-----");
    Path older =
        file("older", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    expectRefused(certificate, older, null, "openssl pkcs8 -topk8");
    Path open = file("open", Files.readString(key));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
    expectRefused(certificate, open, null, "chmod 600 " + open);
    DsmException alone =
        assertThrows(DsmException.class, () -> server(ClusterTls.read(null, null, certificate)));
    assertTrue(alone.getMessage().contains("tls-certificate and tls-key too"), alone.getMessage());
  }

  private static Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static void expectRefused(Path certificate, Path key, Path trust, String why) {
    String message =
        assertThrows(DsmException.class, () -> ClusterTls.read(certificate, key, trust))
            .getMessage();
    assertTrue(message.contains(why), message);
    assertFalse(message.contains("\n"), message);
  }

  /** A certificate that has expired is not believed, even where it is known. */
  @Test
  void anExpiredCertificateIsNotBelieved() throws Exception {
    X509Certificate[] old;
    try (InputStream in = Files.newInputStream(made.certificate("old"))) {
      old =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
    }
    String message =
        assertThrows(
                CertificateException.class,
                () -> of(null, "old").trust().checkServerTrusted(old, "EC", (SSLEngine) null))
            .getMessage();
    assertTrue(message.contains("has expired on"), message);
  }

  /** Stands between a node and its manager, and hears what both say. */
  private static final class Listener implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final List<CompletableFuture<Void>> carried = new CopyOnWriteArrayList<>();

    Listener(int manager) throws IOException {
      start(() -> accept(manager));
    }

    private static CompletableFuture<Void> start(Runnable task) {
      return CompletableFuture.runAsync(
          task,
          run -> {
            Thread thread = new Thread(run);
            thread.setDaemon(true);
            thread.start();
          });
    }

    int port() {
      return listener.getLocalPort();
    }

    private void accept(int manager) {
      try {
        while (true) {
          Socket node = listener.accept();
          Socket server = new Socket(InetAddress.getLoopbackAddress(), manager);
          carried.add(start(() -> carry(node, server)));
          carried.add(start(() -> carry(server, node)));
        }
      } catch (IOException e) {
        // The test is over.
      }
    }

    private void carry(Socket from, Socket to) {
      try (from) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] bytes = new byte[4096];
        for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
          synchronized (heard) {
            heard.write(bytes, 0, length);
          }
          out.write(bytes, 0, length);
        }
        to.shutdownOutput();
      } catch (IOException e) {
        // One of them has ended.
      }
    }

    String heard() throws Exception {
      for (CompletableFuture<Void> each : carried) {
        each.get(20, TimeUnit.SECONDS);
      }
      return heard.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
