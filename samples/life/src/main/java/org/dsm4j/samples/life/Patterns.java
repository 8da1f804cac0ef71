package org.dsm4j.samples.life;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Where patterns come from: a file, or the ones that are shipped in the jar. */
final class Patterns {
  /** The shipped patterns. */
  static final List<String> NAMES = List.of("acorn", "glider", "gosper-gun", "r-pentomino");

  /** Far above any published pattern; keeps a mistaken file from being read whole. */
  private static final long FILE_LIMIT_BYTES = 256L << 20;

  private Patterns() {}

  /** Reads a pattern: the file of that name, or else the shipped one of that name. */
  static Pattern load(String nameOrFile) throws BadInputException {
    String text = NAMES.contains(nameOrFile) ? shipped(nameOrFile) : read(nameOrFile);
    try {
      return Rle.parse(text);
    } catch (BadInputException e) {
      throw new BadInputException("pattern " + nameOrFile + " is not RLE: " + e.getMessage());
    }
  }

  private static String shipped(String name) throws BadInputException {
    try (InputStream in = Patterns.class.getResourceAsStream("/patterns/" + name + ".rle")) {
      if (in == null) {
        throw new BadInputException("pattern " + name + " is missing in the jar; build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static String read(String name) throws BadInputException {
    Path file;
    try {
      file = Path.of(name);
    } catch (InvalidPathException e) {
      throw new BadInputException("pattern name is not a file name: " + e.getReason());
    }
    if (Files.isDirectory(file)) {
      throw new BadInputException("pattern " + name + " is a directory, not an RLE file");
    }
    if (!Files.exists(file)) {
      throw new BadInputException(
          "pattern " + name + ": no such file; shipped are " + String.join(", ", NAMES));
    }
    try {
      if (Files.size(file) > FILE_LIMIT_BYTES) {
        throw new BadInputException("pattern " + name + " is larger than 256 MiB");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static BadInputException unreadable(String name, IOException e) {
    String reason =
        e instanceof java.nio.file.AccessDeniedException ? "permission denied" : e.toString();
    return new BadInputException("pattern " + name + " cannot be read: " + reason);
  }
}
