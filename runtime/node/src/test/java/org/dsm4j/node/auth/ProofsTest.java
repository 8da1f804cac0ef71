package org.dsm4j.node.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ProofsTest {
  private static final ClusterSecret SECRET =
      ClusterSecret.of("a secret of a test, not of anybody", "a test");
  private static final Proofs OURS = Proofs.of(SECRET, Plane.CONTROL, "c", 2);

  private static byte[] nonce(int fill) {
    byte[] nonce = new byte[Proofs.NONCE_BYTES];
    Arrays.fill(nonce, (byte) fill);
    return nonce;
  }

  private static String refusal(Proofs acceptor, Proofs connector) {
    byte[] challenge = acceptor.challenge(nonce(1));
    String why = connector.refuseChallenge(challenge);
    return why != null
        ? why
        : acceptor.refuseProof(
            challenge, connector.prove(challenge, 3, Proofs.MANAGER, nonce(2)), Proofs.MANAGER);
  }

  /** The same bytes as engine_auth_test.c has; a third implementation computed the codes. */
  @Test
  void bothPlanesAgreeOnEveryByte() {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    Proofs proofs = Proofs.ofKey(key, Plane.CONTROL, 2);
    byte[] challenge = proofs.challenge(nonce(0x11));
    byte[] proof = proofs.prove(challenge, 3, Proofs.MANAGER, nonce(0x22));
    HexFormat hex = HexFormat.of();
    assertEquals("444d3441010000000100010002000000", hex.formatHex(challenge, 0, 16));
    assertEquals("444d344101000000010001000200000003000000ffffffff", hex.formatHex(proof, 0, 24));
    assertEquals(
        "39a2ed4dc9fa77674f4cd5a755c446fea549749146cfc2004a9420684dcd08c2",
        hex.formatHex(proof, 56, 88));
    assertEquals(
        "5c9b306dd9a09eb12130f471044e14640a8bf57d659f908832e28bbe7a46e4ff",
        hex.formatHex(proofs.answer(challenge, proof)));
    assertNull(proofs.refuseProof(challenge, proof, Proofs.MANAGER));
    assertEquals(3, Proofs.node(proof));
  }

  @Test
  void whoKnowsTheSecretGetsInAndNobodyElse() {
    assertNull(refusal(OURS, Proofs.of(SECRET, Plane.CONTROL, "c", 2)));
    ClusterSecret other = ClusterSecret.of("another secret of a test", "a test");
    assertTrue(refusal(OURS, Proofs.of(other, Plane.CONTROL, "c", 2)).contains("secret"));
    assertTrue(refusal(OURS, Proofs.of(SECRET, Plane.CONTROL, "d", 2)).contains("another name"));
    assertTrue(refusal(OURS, Proofs.of(SECRET, Plane.CONTROL, "c", 1)).contains("version 1.2"));
    assertTrue(refusal(OURS, Proofs.of(SECRET, Plane.DATA, "c", 2)).contains("another port"));
    assertTrue(
        refusal(OURS, Proofs.of(null, Plane.CONTROL, "c", 2)).contains("here there is none"));
    assertTrue(refusal(Proofs.of(null, Plane.CONTROL, "c", 2), OURS).contains("has no secret"));
  }

  /** The head could be forged so that it says what is expected: then the code does not fit. */
  @Test
  void aKeyIsOfOnePlaneAndOneCluster() {
    byte[] key = SECRET.key(Plane.CONTROL, "c");
    assertEquals(32, key.length);
    assertArrayEquals(key, SECRET.key(Plane.CONTROL, "c"));
    assertFalse(Arrays.equals(key, SECRET.key(Plane.DATA, "c")));
    assertFalse(Arrays.equals(key, SECRET.key(Plane.CONTROL, "d")));
  }

  @Test
  void everyBitIsCovered() {
    byte[] challenge = OURS.challenge(nonce(1));
    byte[] proof = OURS.prove(challenge, 3, Proofs.MANAGER, nonce(2));
    byte[] answer = OURS.answer(challenge, proof);
    assertTrue(OURS.confirms(challenge, proof, answer));
    for (int bit = 0; bit < 8 * challenge.length; bit++) {
      byte[] changed = flip(challenge, bit);
      assertNotNull(OURS.refuseProof(changed, proof, Proofs.MANAGER));
      assertFalse(OURS.confirms(changed, proof, answer));
    }
    for (int bit = 0; bit < 8 * proof.length; bit++) {
      byte[] changed = flip(proof, bit);
      assertNotNull(OURS.refuseProof(challenge, changed, Proofs.MANAGER));
      assertFalse(OURS.confirms(challenge, changed, answer));
    }
    for (int bit = 0; bit < 8 * answer.length; bit++) {
      assertFalse(OURS.confirms(challenge, proof, flip(answer, bit)));
    }
  }

  @Test
  void replayedAndReflectedCodesAreRefused() {
    byte[] heard = OURS.challenge(nonce(1));
    byte[] heardProof = OURS.prove(heard, 3, Proofs.MANAGER, nonce(2));
    byte[] challenge = OURS.challenge(nonce(3));
    byte[] proof = OURS.prove(challenge, 3, Proofs.MANAGER, nonce(4));
    assertNotNull(OURS.refuseProof(challenge, heardProof, Proofs.MANAGER));
    assertFalse(OURS.confirms(challenge, proof, OURS.answer(heard, heardProof)));
    assertFalse(OURS.confirms(challenge, proof, Arrays.copyOfRange(proof, 56, 88)));
    byte[] reflected = proof.clone();
    System.arraycopy(OURS.answer(challenge, proof), 0, reflected, 56, Proofs.ANSWER_BYTES);
    assertNotNull(OURS.refuseProof(challenge, reflected, Proofs.MANAGER));
    assertEquals("it means another node", OURS.refuseProof(challenge, proof, 1));
  }

  private static byte[] flip(byte[] bytes, int bit) {
    byte[] changed = bytes.clone();
    changed[bit / 8] ^= (byte) (1 << bit % 8);
    return changed;
  }
}
