package org.dsm4j.agent.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starting on hosts that are not as they should be. In place of ssh stands a script that runs the
 * command on this machine, after doing what the host of that name does.
 */
class HostsStartIT {
  private static final String SSH =
      """
      #!/bin/bash
      echo "$*" >> "$(dirname "$0")/calls"
      if [ "$1" = -G ]; then echo "hostname 127.0.0.1"; exit; fi
      while [ "$1" != -- ]; do shift; done
      case $2 in
        chatty*) printf 'Last login: today\\n\\nWelcome, there is news!\\nthere\\n'; echo motd >&2 ;;
        denied) echo "me@denied: Permission denied (publickey,password)." >&2; exit 255 ;;
        old) echo "java.lang.UnsupportedClassVersionError: org/dsm4j/agent/launch/Main" >&2; exit 1 ;;
      esac
      exec bash -c "$3"
      """;

  private static final String PROGRAM =
      """
      import org.dsm4j.Dsm;
      public class Program {
        public static void main(String[] args) throws Exception {
          Dsm.barrier();
          Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("last words")));
          System.out.println("pid " + ProcessHandle.current().pid() + " of " + Dsm.node() + "/" + Dsm.nodes());
          if (args.length > 0) new java.util.concurrent.CountDownLatch(1).await();
        }
      }
      """;

  @TempDir private Path folder;
  private String classes;
  private Path ssh;

  @BeforeEach
  void prepare() throws IOException {
    classes = Jvm.compile(folder, Map.of("Program.java", PROGRAM)).toString();
    ssh = Files.writeString(folder.resolve("ssh"), SSH);
    Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwx------"));
  }

  private String[] command(String hosts, String... more) {
    List<String> all = new ArrayList<>(List.of("run", "--hosts", hosts, "--ssh", ssh.toString()));
    all.addAll(List.of(more));
    if (!all.contains("--remote-java")) {
      all.addAll(List.of("--remote-java", Jvm.JAVA));
    }
    all.addAll(List.of("-J", "-Xmx128m", "-cp", classes, "Program"));
    return all.toArray(String[]::new);
  }

  @Test
  void aHostThatTalksFirstIsAsGoodAsAnother() throws Exception {
    Path key = folder.resolve("key");
    Jvm.Result made = Jvm.dsm(folder, "secret", "new", key.toString());
    assertEquals(0, made.status(), made.err());
    Pem pem = Pem.make(folder, "cluster");
    Jvm.Result result =
        Jvm.dsm(
            folder,
            command(
                "chatty1,chatty2",
                "-s",
                "secret-file=" + key,
                "-s",
                "tls-certificate=" + pem.certificate(),
                "-s",
                "tls-key=" + pem.key()));
    assertEquals(0, result.status(), result.err());
    assertTrue(result.out().contains("of 0/2\n"), result.out());
    assertTrue(result.out().contains("of 1/2\n"), result.out());
    assertEquals(4, result.outLines().size(), result.out());
    assertEquals(2, result.errLines().size(), result.err());
    String calls = Files.readString(folder.resolve("calls"));
    assertTrue(calls.contains("-o BatchMode=yes -o ConnectTimeout=10"), calls);
    assertFalse(calls.contains(Files.readString(key).trim()), calls);
    assertFalse(calls.contains("PRIVATE KEY") || calls.contains(pem.key().toString()), calls);
  }

  @Test
  void whatHindersAStartIsOneLineAndTheNextStep() throws Exception {
    expect("ssh-copy-id denied", "denied");
    expect("is too old; install Java 17", "old");
    expect("there is no /nowhere/java there", "a", "--remote-java", "/nowhere/java");
    Path jar = folder.resolve("app.jar");
    Files.write(jar, new byte[100]);
    Jvm.Result staged =
        Jvm.dsm(
            folder,
            "run",
            "--hosts",
            "chatty",
            "--ssh",
            ssh + "",
            "--stage",
            "/proc/dsm",
            "-jar",
            jar.toString());
    assertEquals(1, staged.status());
    assertEquals(1, staged.errLines().size(), staged.err());
    assertTrue(staged.err().contains("--stage DIR"), staged.err());
    Jvm.Result none =
        Jvm.dsm(folder, "run", "--hosts", "a", "--ssh", "/nowhere/ssh", "-jar", jar.toString());
    assertEquals(1, none.errLines().size(), none.err());
    assertTrue(none.err().contains("/nowhere/ssh cannot be run here"), none.err());
  }

  private void expect(String message, String host, String... more) throws Exception {
    Jvm.Result result = Jvm.dsm(folder, command(host, more));
    assertEquals(1, result.status(), result.err());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(
        result.err().startsWith("dsm: node 0 on host " + host + " could not be started: "),
        result.err());
    assertTrue(result.err().contains(message), result.err());
  }

  /** Far more input than pipes hold, for a node that does not read any. */
  @Test
  void aNodeThatDoesNotReadItsInputIsEndedAllTheSame() throws Exception {
    List<String> command = new ArrayList<>(List.of(Jvm.JAVA));
    command.addAll(List.of(Jvm.withJar(command("a"))));
    command.add("stay");
    Path input = Files.write(folder.resolve("input"), new byte[4 << 20]);
    Process launcher =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(input.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    while (!Jvm.read(folder, "out").contains("\n")) {
      assertFalse(launcher.waitFor(50, TimeUnit.MILLISECONDS), () -> Jvm.print(folder));
    }
    long pid = Long.parseLong(Jvm.read(folder, "out").split(" ")[1]);
    launcher.destroy();
    Jvm.Result ended = Jvm.await(folder, launcher);
    assertTrue(ended.out().endsWith("last words\n"), () -> Jvm.print(folder));
    ProcessHandle.of(pid).ifPresent(node -> node.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }
}
