package org.dsm4j.agent.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary folder that only this user may enter; deleted at the end. */
public final class PrivateFolder implements AutoCloseable {
  private final Path path;

  /** Makes one. */
  public PrivateFolder() throws IOException {
    path = Files.createTempDirectory("dsm-");
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      System.err.println("dsm: temporary folder " + path + " could not be deleted: " + e);
    }
  }
}
