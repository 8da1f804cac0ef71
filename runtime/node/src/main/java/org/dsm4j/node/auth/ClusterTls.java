package org.dsm4j.node.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dsm4j.DsmException;

/**
 * What one process shows and believes on the control plane: its certificate and key, and whose
 * certificates it trusts. Read from PEM files, and checked before they are used. Immutable.
 */
public final class ClusterTls {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final Pattern OTHER_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");
  private static final byte[] PROBE = "DSM4J".getBytes(StandardCharsets.US_ASCII);

  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final TlsTrust trust;
  private final boolean mutual;

  private ClusterTls(List<X509Certificate> chain, PrivateKey key, TlsTrust trust, boolean mutual) {
    this.chain = chain;
    this.key = key;
    this.trust = trust;
    this.mutual = mutual;
  }

  /**
   * Reads them.
   *
   * @param certificate the certificate of this process, followed by those that lead to its issuer;
   *     or null
   * @param key its private key, PKCS #8, which only its owner may read; or null
   * @param trust certificates that are believed, and who signed such; null = {@code certificate}
   *     itself alone
   * @return null if all are null: no TLS
   * @throws DsmException in one line, if they cannot be used
   */
  public static ClusterTls read(Path certificate, Path key, Path trust) {
    if (certificate == null && key == null && trust == null) {
      return null;
    }
    if ((certificate == null) != (key == null)) {
      throw new DsmException(
          certificate == null
              ? "the setting tls-key is given without tls-certificate; give both"
              : "the setting tls-certificate is given without tls-key; give both");
    }
    List<X509Certificate> chain = List.of();
    PrivateKey own = null;
    if (certificate != null) {
      chain = certificates("tls-certificate", certificate);
      String late = TlsTrust.outOfTime(chain.get(0));
      if (late != null) {
        throw new DsmException(
            "the certificate in " + certificate + ", " + late + "; make a new one");
      }
      own = key(key, chain.get(0), certificate);
    }
    TlsTrust trusted =
        trust == null
            ? new TlsTrust(chain.subList(0, 1), "tls-certificate=" + certificate)
            : new TlsTrust(certificates("tls-trust", trust), "tls-trust=" + trust);
    return new ClusterTls(chain, own, trusted, trust != null);
  }

  private static List<X509Certificate> certificates(String setting, Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new DsmException(setting + "=" + file + " is too large to be a file of certificates");
      }
      try (var in = Files.newInputStream(file)) {
        List<X509Certificate> all =
            CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                .map(X509Certificate.class::cast)
                .toList();
        if (!all.isEmpty()) {
          return all;
        }
      }
      throw new DsmException(noCertificate(setting, file));
    } catch (NoSuchFileException e) {
      throw new DsmException("there is no file " + file + ", which " + setting + " names");
    } catch (IOException e) {
      throw new DsmException(setting + "=" + file + " cannot be read: " + e, e);
    } catch (CertificateException e) {
      throw new DsmException(noCertificate(setting, file) + " (" + e.getMessage() + ")", e);
    }
  }

  private static String noCertificate(String setting, Path file) {
    return setting + "=" + file + " holds no certificate; it begins: -----BEGIN CERTIFICATE-----";
  }

  private static PrivateKey key(Path file, X509Certificate certificate, Path certificateFile) {
    byte[] bytes;
    try {
      bytes = OwnersFile.read(file, "the file of tls-key,", MAX_BYTES);
    } catch (NoSuchFileException e) {
      throw new DsmException("there is no file " + file + ", which tls-key names");
    }
    String text = new String(bytes, StandardCharsets.US_ASCII);
    Arrays.fill(bytes, (byte) 0);
    Matcher pem = KEY.matcher(text);
    if (!pem.find()) {
      throw new DsmException(
          "tls-key="
              + file
              + (OTHER_KEY.matcher(text).find()
                  ? " holds a key of another form; convert it: openssl pkcs8 -topk8 -nocrypt -in "
                      + file
                      + " -out NEW"
                  : " holds no key; it begins: -----BEGIN PRIVATE KEY-----"));
    }
    PublicKey open = certificate.getPublicKey();
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
      PrivateKey key =
          KeyFactory.getInstance(open.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      Arrays.fill(encoded, (byte) 0);
      if (fits(key, open)) {
        return key;
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Of another kind than the certificate's, or damaged: not its key in any case.
    }
    throw new DsmException(
        "tls-key=" + file + " is not the key of the certificate in " + certificateFile);
  }

  /** Whether what the one has signed the other confirms. */
  private static boolean fits(PrivateKey key, PublicKey open) throws GeneralSecurityException {
    String algorithm =
        switch (open.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> open.getAlgorithm();
        };
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(PROBE);
    Signature checking = Signature.getInstance(algorithm);
    checking.initVerify(open);
    checking.update(PROBE);
    return checking.verify(signing.sign());
  }

  /** The certificate of this process and those that lead to its issuer; empty if it has none. */
  public X509Certificate[] chain() {
    return chain.toArray(X509Certificate[]::new);
  }

  /** Its key, or null. */
  public PrivateKey key() {
    return key;
  }

  /** Whose certificates it believes. */
  public TlsTrust trust() {
    return trust;
  }

  /** Whether a manager demands certificates of its nodes. */
  public boolean mutual() {
    return mutual;
  }

  /** Not what it holds. */
  @Override
  public String toString() {
    return "a key and certificates";
  }
}
