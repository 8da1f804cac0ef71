package org.dsm4j.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.jar.JarFile;

/** The dsm-agent.jar that this command line comes from. */
final class OwnJar {
  private OwnJar() {}

  /** Where it is, absolute. */
  static Path path() {
    try {
      return Path.of(OwnJar.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("dsm-agent.jar cannot be found", e);
    }
  }

  /** An attribute of its manifest, or "unknown". */
  static String attribute(String name) {
    try (JarFile jar = new JarFile(path().toFile())) {
      String value = jar.getManifest().getMainAttributes().getValue(name);
      return value == null ? "unknown" : value;
    } catch (IOException e) {
      return "unknown";
    }
  }

  /**
   * A file in it.
   *
   * @throws IOException if it lacks that
   */
  static InputStream resource(String name) throws IOException {
    InputStream in = OwnJar.class.getClassLoader().getResourceAsStream(name);
    if (in == null) {
      throw new IOException(path() + " lacks " + name + "; it was built without it");
    }
    return in;
  }
}
