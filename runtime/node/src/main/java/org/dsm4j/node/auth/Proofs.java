package org.dsm4j.node.auth;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * How the two ends of a fresh connection prove to each other that they know the cluster's key,
 * before anything else of either is parsed. The same bytes as the engine's ({@code dsm_auth.c});
 * {@code docs/wire.md} draws them. Pure: bytes in, bytes out; nonces are arguments. Immutable.
 *
 * <pre>
 * acceptor  -&gt; connector  CHALLENGE  head 16 | nonce 32
 * connector -&gt; acceptor   PROOF      head 16 | node u32 | acceptor u32 | nonce 32 | code 32
 * acceptor  -&gt; connector  ANSWER     code 32
 *
 * head: magic u32 | version u32 | plane u16 | secured u16 | protocol u32, little-endian
 * secured: 1 = there is a secret; 2 (in a CHALLENGE that a manager sends in the clear to who does not
 *          begin TLS, before it ends the connection) = TLS is demanded
 * </pre>
 */
public final class Proofs {
  /** Lengths of the three messages and of what is in them, in bytes. */
  public static final int CHALLENGE_BYTES = 48;

  public static final int PROOF_BYTES = 88;
  public static final int ANSWER_BYTES = 32;
  public static final int NONCE_BYTES = 32;

  /** The acceptor's number where that is the manager. */
  public static final int MANAGER = -1;

  private static final int MAGIC = 0x41344D44;
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 16;
  private static final int SECURED = 1;
  private static final int TLS_DEMANDED = 2;
  private static final int SECURED_AT = 10;
  private static final int CODE_AT = PROOF_BYTES - ANSWER_BYTES;

  /** How a TLS connection begins: a record of a handshake, version 3.x. */
  private static final byte TLS_HANDSHAKE = 22;

  private static final byte TLS_MAJOR = 3;
  private static final byte[] CONNECTOR = "DSM4J connector\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ACCEPTOR = "DSM4J acceptor\0".getBytes(StandardCharsets.US_ASCII);

  private final byte[] key;
  private final boolean secured;
  private final Plane plane;
  private final int protocol;

  private Proofs(byte[] key, boolean secured, Plane plane, int protocol) {
    this.key = key;
    this.secured = secured;
    this.plane = plane;
    this.protocol = protocol;
  }

  /**
   * Proofs of one cluster's plane.
   *
   * @param secret the cluster's, or null: then they prove nothing but that both have none, and the
   *     same cluster's name
   * @param protocol the version of what is spoken afterwards
   */
  public static Proofs of(ClusterSecret secret, Plane plane, String cluster, int protocol) {
    return secret == null
        ? new Proofs(ClusterSecret.NONE.key(plane, cluster), false, plane, protocol)
        : ofKey(secret.key(plane, cluster), plane, protocol);
  }

  /** The same of a key that is known already. */
  static Proofs ofKey(byte[] key, Plane plane, int protocol) {
    return new Proofs(key, true, plane, protocol);
  }

  /** Whether the cluster has a secret. */
  public boolean secured() {
    return secured;
  }

  /** The acceptor's first bytes. */
  public byte[] challenge(byte[] nonce) {
    return head(CHALLENGE_BYTES).put(nonce).array();
  }

  /** What a manager that demands TLS says, in the clear, to who does not begin it. */
  public byte[] tlsDemand() {
    byte[] challenge = head(CHALLENGE_BYTES).array();
    challenge[SECURED_AT] |= TLS_DEMANDED;
    return challenge;
  }

  /**
   * Whether the first bytes of a connection are an acceptor's that does not speak TLS at all.
   *
   * @param bytes {@link #CHALLENGE_BYTES} of them, or fewer if there are no more
   */
  public static boolean isWithoutTls(byte[] bytes) {
    return bytes.length < HEAD_BYTES || (bytes[SECURED_AT] & TLS_DEMANDED) == 0;
  }

  /** Why these bytes are no challenge, or null. */
  public String refuseChallenge(byte[] challenge) {
    return refuseHead(challenge);
  }

  /** The connector's answer to a challenge. */
  public byte[] prove(byte[] challenge, int node, int acceptor, byte[] nonce) {
    byte[] proof = head(PROOF_BYTES).putInt(node).putInt(acceptor).put(nonce).array();
    System.arraycopy(codeOfConnector(challenge, proof), 0, proof, CODE_AT, ANSWER_BYTES);
    return proof;
  }

  /** At the acceptor: why these bytes are no proof for it, or null. */
  public String refuseProof(byte[] challenge, byte[] proof, int acceptor) {
    String why = refuseHead(proof);
    if (why != null) {
      return why;
    }
    byte[] code = Arrays.copyOfRange(proof, CODE_AT, PROOF_BYTES);
    if (!MessageDigest.isEqual(code, codeOfConnector(challenge, proof))) {
      return "it does not know the cluster's secret, or its cluster has another name";
    }
    return read(proof).getInt(HEAD_BYTES + Integer.BYTES) == acceptor
        ? null
        : "it means another node";
  }

  /** The number of the node that a proof, which was not refused, is of. */
  public static int node(byte[] proof) {
    return read(proof).getInt(HEAD_BYTES);
  }

  /** At the acceptor: the answer to a proof that was not refused. */
  public byte[] answer(byte[] challenge, byte[] proof) {
    return ClusterSecret.hmac(key, ACCEPTOR, challenge, proof);
  }

  /** At the connector: whether the answer proves the acceptor. */
  public boolean confirms(byte[] challenge, byte[] proof, byte[] answer) {
    return MessageDigest.isEqual(answer, answer(challenge, proof));
  }

  private byte[] codeOfConnector(byte[] challenge, byte[] proof) {
    return ClusterSecret.hmac(key, CONNECTOR, challenge, Arrays.copyOf(proof, CODE_AT));
  }

  private ByteBuffer head(int bytes) {
    return ByteBuffer.allocate(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .putInt(VERSION)
        .putShort((short) plane.number())
        .putShort((short) (secured ? SECURED : 0))
        .putInt(protocol);
  }

  private static ByteBuffer read(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Not proven yet: it only tells an honest other side what is wrong. The codes cover all of it.
   */
  private String refuseHead(byte[] bytes) {
    ByteBuffer head = read(bytes);
    if (bytes[0] == TLS_HANDSHAKE && bytes[1] == TLS_MAJOR) {
      return "it speaks TLS, and here there is none; give this manager tls-certificate and tls-key, or take"
          + " tls-trust and tls-certificate away from the node";
    }
    if (head.getInt() != MAGIC) {
      return "it is no node of DSM4J, or one of another version";
    }
    int version = head.getInt();
    int itsPlane = head.getShort();
    int itsSecured = head.getShort();
    int itsProtocol = head.getInt();
    if (version != VERSION || itsProtocol != protocol) {
      return "it speaks version "
          + version
          + "."
          + itsProtocol
          + " of the protocol, and here it is "
          + VERSION
          + "."
          + protocol
          + "; run the same dsm-agent.jar everywhere";
    }
    if (itsPlane != plane.number()) {
      return "it speaks the protocol of another port";
    }
    if ((itsSecured & TLS_DEMANDED) != 0) {
      return "it demands TLS, and here there is none; give this node the manager's certificate, or that of"
          + " who signed it: tls-trust=FILE";
    }
    if (itsSecured != (secured ? SECURED : 0)) {
      return secured
          ? "it has no secret, and here there is one"
          : "it has a secret, and here there is none";
    }
    return null;
  }
}
