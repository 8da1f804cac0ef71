package org.dsm4j.agent.run;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why the cluster ends, told once: every node writes its own line (each may stand on a machine of
 * its own), but on one terminal the first says it all. Later ones are only consequences of it.
 * Thread-safe; one for all nodes of a launcher.
 */
final class EndNews {
  private static final byte[] START = "dsm: node ".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern END =
      Pattern.compile("dsm: node \\d+ (is lost \\(|ended with status \\d+ ).*", Pattern.DOTALL);

  private boolean told;

  /** Whether this line of a node's error output repeats the news. */
  boolean isRepeated(byte[] line) {
    if (!startsWith(line)) {
      return false;
    }
    Matcher matcher = END.matcher(new String(line, StandardCharsets.UTF_8));
    return matcher.matches() && toldBefore();
  }

  private synchronized boolean toldBefore() {
    boolean before = told;
    told = true;
    return before;
  }

  private static boolean startsWith(byte[] line) {
    if (line.length < START.length) {
      return false;
    }
    for (int i = 0; i < START.length; i++) {
      if (line[i] != START[i]) {
        return false;
      }
    }
    return true;
  }
}
