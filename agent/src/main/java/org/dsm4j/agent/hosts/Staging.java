package org.dsm4j.agent.hosts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.dsm4j.DsmException;

/**
 * Copies jars to the hosts, under names with their content's hash: what is there already is not
 * copied again, and clusters with other versions do not disturb each other.
 */
final class Staging {
  private static final int HASH_DIGITS = 16;
  private static final List<String> PATHS = List.of("-cp", "-p", "--add-modules");
  private static final String STAGED = "dsm4j-is-there";

  private final Ssh ssh;
  private final String folder;
  private final Set<String> hosts;

  /**
   * A staging.
   *
   * @param folder on the hosts, or null: nothing is copied and all is there under the same path
   */
  Staging(Ssh ssh, String folder, List<String> hosts) {
    this.ssh = ssh;
    this.folder = folder;
    this.hosts = new LinkedHashSet<>(hosts);
  }

  /** The path of a file on the hosts. */
  String place(Path file) throws IOException, InterruptedException {
    if (folder == null) {
      return file.toAbsolutePath().normalize().toString();
    }
    if (!Files.isRegularFile(file)) {
      throw new DsmException("--stage copies jars and source files, and " + file + " is none");
    }
    String name = file.getFileName().toString();
    String place = folder + "/" + hash(file) + "-" + name;
    String target = Ssh.quote(place);
    String half = Ssh.quote(place + ".part") + "$$";
    for (String host : hosts) {
      String there =
          ssh.run(
              host,
              "making the folder " + folder,
              "mkdir -p "
                  + Ssh.quote(folder)
                  + " && test -w "
                  + Ssh.quote(folder)
                  + " || { echo 'it cannot be written; name another one, --stage DIR' >&2; exit 1; }; if test -f "
                  + target
                  + "; then echo "
                  + STAGED
                  + "; fi",
              null);
      // A whole line, since start-up files there may print whatever they like.
      if (there.lines().noneMatch(STAGED::equals)) {
        ssh.run(
            host, "copying " + name, "f=" + half + "; cat > \"$f\" && mv \"$f\" " + target, file);
      }
    }
    return place;
  }

  /** The program, with the jars that it names placed. */
  List<String> application(List<String> application) throws IOException, InterruptedException {
    List<String> placed = new ArrayList<>(application);
    int at = 0;
    while (at < placed.size() && PATHS.contains(placed.get(at))) {
      String value = placed.get(at + 1);
      placed.set(at + 1, placed.get(at).equals("--add-modules") ? value : places(value));
      at += 2;
    }
    String program = placed.get(at);
    if (program.equals("-jar")) {
      placed.set(at + 1, place(Path.of(placed.get(at + 1))));
    } else if (program.endsWith(".java")) {
      placed.set(at, place(Path.of(program)));
    } else if (program.startsWith("@") && folder != null) {
      throw new DsmException(
          "--stage cannot copy what the file " + program + " names; write it out");
    }
    return placed;
  }

  private String places(String path) throws IOException, InterruptedException {
    List<String> places = new ArrayList<>();
    for (String each : path.split(":")) {
      if (folder != null && (each.equals("*") || each.endsWith("/*"))) {
        String all = each.substring(0, each.length() - 1);
        try (Stream<Path> jars = Files.list(Path.of(all.isEmpty() ? "." : all))) {
          for (Path jar : jars.filter(Staging::isJar).sorted().toList()) {
            places.add(place(jar));
          }
        }
      } else {
        places.add(place(Path.of(each)));
      }
    }
    return String.join(":", places);
  }

  private static boolean isJar(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".jar");
  }

  private static String hash(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
