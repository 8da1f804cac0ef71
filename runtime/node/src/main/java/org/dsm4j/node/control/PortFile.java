package org.dsm4j.node.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.dsm4j.DsmException;

/** Where the manager writes the port it chose: whoever sees the file sees the whole number. */
final class PortFile {
  private PortFile() {}

  static void write(Path file, int port) {
    Path absolute = file.toAbsolutePath();
    try {
      Path half = Files.createTempFile(absolute.getParent(), ".port", null);
      try {
        Files.writeString(half, Integer.toString(port));
        Files.move(half, absolute, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(half);
      }
    } catch (IOException e) {
      throw new DsmException("the manager's port cannot be written into " + absolute + ": " + e, e);
    }
  }
}
