package org.dsm4j.node.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.dsm4j.DsmException;

/** A small file that nobody but its owner may read. */
final class OwnersFile {
  /** Others than the owner who may read or change a file. */
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private OwnersFile() {}

  /**
   * Its bytes.
   *
   * @param what it is, the start of every message: {@code "the secret's file"}
   * @param maxBytes the most it may hold
   * @throws NoSuchFileException if there is none
   * @throws DsmException if it cannot be read, or others than its owner can
   */
  static byte[] read(Path file, String what, int maxBytes) throws NoSuchFileException {
    try {
      PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new DsmException(what + " " + file + " is no regular file");
      }
      if (attributes.permissions().stream().anyMatch(OTHERS::contains)) {
        throw new DsmException(
            what
                + " "
                + file
                + " can be read or changed by others than its owner ("
                + PosixFilePermissions.toString(attributes.permissions())
                + "); run: chmod 600 "
                + file);
      }
      if (attributes.size() > maxBytes) {
        throw new DsmException(what + " " + file + " is too large to be one");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      throw new DsmException(what + " " + file + " cannot be read: " + e, e);
    }
  }
}
