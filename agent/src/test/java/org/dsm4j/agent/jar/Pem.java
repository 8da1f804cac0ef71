package org.dsm4j.agent.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * A certificate that signs itself, and its key, made by the JDK's keytool.
 *
 * @param certificate file that anybody may read
 * @param key file that only its owner may read
 */
record Pem(Path certificate, Path key) {
  private static final String PASSWORD = "of the test";

  static Pem make(Path folder, String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, keytool.exitValue());
    KeyStore read = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      read.load(in, PASSWORD.toCharArray());
    }
    Pem made = new Pem(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    Files.writeString(made.certificate, pem("CERTIFICATE", read.getCertificate(name).getEncoded()));
    Files.createFile(
        made.key,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        made.key, pem("PRIVATE KEY", read.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    return made;
  }

  private static String pem(String type, byte[] bytes) {
    String lines =
        new String(
            Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(bytes), StandardCharsets.US_ASCII);
    return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
  }
}
