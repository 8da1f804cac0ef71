package org.dsm4j.node.auth;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.dsm4j.DsmException;

/**
 * What all nodes of a cluster know and nobody else. It is never sent, logged or given to a command
 * line: connections are proved with keys that are derived from it. Immutable.
 */
public final class ClusterSecret {
  /** The variable of the environment that may hold it. */
  public static final String ENVIRONMENT = "DSM_SECRET";

  /** The fewest bytes that are accepted; {@link #create} makes 43 characters of 32 random bytes. */
  public static final int MIN_BYTES = 16;

  private static final int MAX_BYTES = 4096;
  private static final int RANDOM_BYTES = 32;
  private static final byte[] KEY_LABEL = "DSM4J key\0".getBytes(StandardCharsets.US_ASCII);

  /** The empty secret, which everybody knows (HMAC pads its key with zeros). */
  static final ClusterSecret NONE = new ClusterSecret(new byte[1]);

  private final byte[] secret;

  private ClusterSecret(byte[] secret) {
    this.secret = secret;
  }

  /**
   * A secret.
   *
   * @param origin where the text is from, for the message
   * @throws DsmException if it is too short or too long; the message does not show it
   */
  public static ClusterSecret of(String text, String origin) {
    byte[] bytes = text.strip().getBytes(StandardCharsets.UTF_8);
    if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
      throw new DsmException(
          "the secret in "
              + origin
              + " has "
              + bytes.length
              + " bytes; allowed: "
              + MIN_BYTES
              + " to "
              + MAX_BYTES
              + "; make one with: dsm secret new FILE");
    }
    return new ClusterSecret(bytes);
  }

  /**
   * The secret that a file holds.
   *
   * @throws DsmException if it cannot be read, or others than its owner can
   */
  public static ClusterSecret read(Path file) {
    try {
      byte[] bytes = OwnersFile.read(file, "the secret's file", MAX_BYTES);
      return of(new String(bytes, StandardCharsets.UTF_8), "file " + file);
    } catch (NoSuchFileException e) {
      throw new DsmException(
          "there is no file " + file + " with the secret; make one with: dsm secret new " + file);
    }
  }

  /** The text of a new secret: 32 random bytes. */
  public static String newText() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    try {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    } finally {
      Arrays.fill(random, (byte) 0);
    }
  }

  /** Its text, for a launcher that hands it on to its nodes, over a pipe. */
  public String handOn() {
    return new String(secret, StandardCharsets.UTF_8);
  }

  /**
   * Makes a new secret in a new file that only its owner may read.
   *
   * @throws DsmException if the file exists already or cannot be written
   */
  public static void create(Path file) {
    String text = newText() + "\n";
    try (var channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (FileAlreadyExistsException e) {
      throw new DsmException(
          "file " + file + " exists already and is not replaced; give another name, or delete it");
    } catch (IOException | UnsupportedOperationException e) {
      throw new DsmException("file " + file + " cannot be written: " + e, e);
    }
  }

  /**
   * Lets nobody listen where other machines can connect without a secret to know them by.
   *
   * @throws DsmException if {@code bind} is not loopback and there is no secret
   */
  public static void refuseOpen(InetAddress bind, ClusterSecret secret) {
    if (secret == null && !bind.isLoopbackAddress()) {
      throw new DsmException(
          "listening on "
              + bind.getHostAddress()
              + " lets other machines connect, and there is no secret to know them by; make one with \"dsm secret new"
              + " FILE\" and give it to every node: secret-file=FILE, or the variable "
              + ENVIRONMENT
              + " with its text");
    }
  }

  /** The key of a cluster's plane: HMAC-SHA-256(secret, label, plane, name). 32 bytes. */
  public byte[] key(Plane plane, String cluster) {
    return hmac(
        secret,
        KEY_LABEL,
        new byte[] {(byte) plane.number()},
        cluster.getBytes(StandardCharsets.UTF_8));
  }

  /** HMAC-SHA-256 of the parts, one behind the other. */
  static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HmacSHA256", e);
    }
  }

  /** Not what it is. */
  @Override
  public String toString() {
    return "a secret";
  }
}
