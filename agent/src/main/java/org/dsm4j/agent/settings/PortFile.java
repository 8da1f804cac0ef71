package org.dsm4j.agent.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.dsm4j.DsmException;

/**
 * How a launcher's nodes learn the manager's port: node 0 writes it into a file, in one step, once
 * the manager listens.
 */
final class PortFile {
  private static final long POLL_NANOS = 5_000_000;

  private PortFile() {}

  /**
   * The port, as soon as it is there.
   *
   * @throws DsmException if it is not there in time, or no port
   */
  static int await(Path file, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        return Integer.parseInt(Files.readString(file).trim());
      } catch (NoSuchFileException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new DsmException(
              "node 0 has not started its manager within "
                  + timeout.toMillis()
                  + " ms; see its output");
        }
        LockSupport.parkNanos(POLL_NANOS);
      } catch (IOException | NumberFormatException e) {
        throw new DsmException("port file " + file + " cannot be read: " + e);
      }
    }
  }
}
