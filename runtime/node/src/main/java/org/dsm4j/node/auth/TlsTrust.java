package org.dsm4j.node.auth;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whose certificates are believed: those that stand in the file themselves, whatever name they
 * carry (as ssh believes the keys it knows), and those that one in the file has signed, if they are
 * for the host that was meant. An expired one never. What is not believed is told in words that say
 * what to do, which the JDK's own do not.
 */
public final class TlsTrust extends X509ExtendedTrustManager {
  /** A certificate is not believed; the message says why, and continues "it is no manager: ". */
  public static final class RefusedException extends CertificateException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final List<X509Certificate> known;
  private final String origin;
  private final X509ExtendedTrustManager signed;

  /**
   * Trust in these and what they have signed.
   *
   * @param origin where they are from, for messages
   */
  TlsTrust(List<X509Certificate> known, String origin) {
    this.known = List.copyOf(known);
    this.origin = origin;
    this.signed = signedBy(known);
  }

  private static X509ExtendedTrustManager signedBy(List<X509Certificate> anchors) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < anchors.size(); i++) {
        store.setCertificateEntry("c" + i, anchors.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager each : factory.getTrustManagers()) {
        if (each instanceof X509ExtendedTrustManager manager) {
          return manager;
        }
      }
      throw new IllegalStateException("this JDK has no PKIX trust manager");
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException("this JDK cannot check certificates: " + e, e);
    }
  }

  /** Who a certificate is of, for messages. */
  static String name(X509Certificate certificate) {
    return "\"" + certificate.getSubjectX500Principal().getName() + "\"";
  }

  /** Why a certificate is out of its time, or null. */
  static String outOfTime(X509Certificate certificate) {
    try {
      certificate.checkValidity();
      return null;
    } catch (CertificateExpiredException e) {
      return name(certificate) + " has expired on " + certificate.getNotAfter().toInstant();
    } catch (CertificateNotYetValidException e) {
      return name(certificate)
          + " is not valid before "
          + certificate.getNotBefore().toInstant()
          + " (see the clock of this machine)";
    }
  }

  private boolean isKnown(X509Certificate[] chain) throws RefusedException {
    String late = outOfTime(chain[0]);
    if (late != null) {
      throw new RefusedException("its certificate " + late + "; give it a new one", null);
    }
    return known.contains(chain[0]);
  }

  private RefusedException unknown(X509Certificate certificate, CertificateException cause) {
    return new RefusedException(
        "its certificate "
            + name(certificate)
            + " is neither in "
            + origin
            + " nor signed by one that is; put the right one there",
        cause);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (isKnown(chain)) {
      return;
    }
    checkSigned(() -> signed.checkServerTrusted(chain, authType), chain);
    try {
      signed.checkServerTrusted(chain, authType, engine);
    } catch (CertificateException e) {
      throw new RefusedException(
          "its certificate "
              + name(chain[0])
              + " is not for \""
              + engine.getPeerHost()
              + "\", where the setting manager looks for it ("
              + e.getMessage()
              + "); make one with that subjectAltName, or put the certificate itself into tls-trust",
          e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    if (!isKnown(chain)) {
      checkSigned(() -> signed.checkClientTrusted(chain, authType), chain);
    }
  }

  /** A check that throws. */
  private interface Check {
    void run() throws CertificateException;
  }

  private void checkSigned(Check check, X509Certificate[] chain) throws RefusedException {
    try {
      check.run();
    } catch (CertificateException e) {
      throw unknown(chain[0], e);
    }
  }

  /** Without an engine there is no host to compare with, so nothing is believed. */
  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("a certificate is checked for a host");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  /** No hint: a node has one certificate, and shows that. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
