package org.dsm4j.agent.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads /proc, or a copy of it in tests. What is not there is reported as absent, as containers
 * hide parts of it.
 */
final class ProcFiles {
  private static final long AUXV_PAGE_SIZE = 6;
  private static final String UNLIMITED = "unlimited";
  private static final int LIMIT_NAME_WIDTH = 26;

  private final Path root;

  ProcFiles(Path root) {
    this.root = root;
  }

  /** The file's lines; none if it cannot be read. */
  List<String> lines(String path) {
    try {
      return Files.readAllLines(root.resolve(path));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The number the file consists of, or -1. */
  long number(String path) {
    List<String> lines = lines(path);
    try {
      return lines.isEmpty() ? -1 : Long.parseLong(lines.get(0).trim());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The page size the kernel told this process, in bytes, or -1. */
  long pageSize() {
    try {
      ByteBuffer auxv =
          ByteBuffer.wrap(Files.readAllBytes(root.resolve("self/auxv")))
              .order(ByteOrder.nativeOrder());
      while (auxv.remaining() >= 2 * Long.BYTES) {
        long key = auxv.getLong();
        long value = auxv.getLong();
        if (key == AUXV_PAGE_SIZE) {
          return value;
        }
      }
    } catch (IOException e) {
      return -1;
    }
    return -1;
  }

  /**
   * The soft limit of that name ("Max open files"), Long.MAX_VALUE if there is none, or -1 if
   * unknown.
   */
  long softLimit(String name) {
    for (String line : lines("self/limits")) {
      if (line.startsWith(name) && line.length() > LIMIT_NAME_WIDTH) {
        String soft = line.substring(LIMIT_NAME_WIDTH).trim().split("\\s+")[0];
        return soft.equals(UNLIMITED) ? Long.MAX_VALUE : Long.parseLong(soft);
      }
    }
    return -1;
  }

  /** The soft and hard limit of that name, as the kernel shows them, or "unknown". */
  String limits(String name) {
    for (String line : lines("self/limits")) {
      if (line.startsWith(name) && line.length() > LIMIT_NAME_WIDTH) {
        String[] both = line.substring(LIMIT_NAME_WIDTH).trim().split("\\s+");
        return both.length < 2 || both[0].equals(both[1])
            ? both[0]
            : both[0] + " (at most " + both[1] + ")";
      }
    }
    return "unknown";
  }

  /**
   * The first mapping of this process that overlaps [from, to), as the kernel shows it, or null.
   */
  String mappingIn(long from, long to) {
    for (String line : lines("self/maps")) {
      int dash = line.indexOf('-');
      int space = line.indexOf(' ');
      if (dash > 0 && space > dash) {
        long start = Long.parseUnsignedLong(line.substring(0, dash), 16);
        long end = Long.parseUnsignedLong(line.substring(dash + 1, space), 16);
        if (Long.compareUnsigned(start, to) < 0 && Long.compareUnsigned(end, from) > 0) {
          return line.replaceAll("\\s+", " ");
        }
      }
    }
    return null;
  }
}
