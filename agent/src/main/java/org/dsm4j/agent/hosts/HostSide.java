package org.dsm4j.agent.hosts;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.dsm4j.agent.hosts.Frames.Frame;
import org.dsm4j.agent.run.HostProcess;
import org.dsm4j.agent.run.PrivateFolder;
import org.dsm4j.agent.run.RunPlan;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.node.auth.ClusterSecret;

/**
 * The helper at the other end of ssh: starts one node, carries its streams, and ends it when it is
 * told to or when nobody is at the other end any more. Nothing of the secret stands on its or the
 * node's command line.
 */
public final class HostSide {
  private static final int STATUS_MISUSE = 2;
  private static final long POLL_MILLIS = 10;
  private static final long GRACE_SECONDS = 8;

  private final Frames frames;
  private final String build;
  private final Path agent;
  private volatile HostProcess node;

  private HostSide(Frames frames, String build, Path agent) {
    this.frames = frames;
    this.build = build;
    this.agent = agent;
  }

  /**
   * Does all of it, on this process's standard streams.
   *
   * @param build of this jar
   * @param agent this jar
   */
  public static int run(String build, Path agent) throws IOException, InterruptedException {
    InputStream in = new FileInputStream(FileDescriptor.in);
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    return new HostSide(new Frames(in, out), build, agent).run();
  }

  private int run() throws IOException, InterruptedException {
    Frame first = frames.read();
    if (first == null || first.kind() != Frames.START) {
      System.err.println("dsm: this command is for the launcher; use: dsm run --hosts");
      return STATUS_MISUSE;
    }
    RemoteStart start = RemoteStart.decode(first.payload());
    Frames.wipe(first.payload());
    if (!start.build().equals(build)) {
      System.err.println(
          "dsm: "
              + agent
              + " on this host is "
              + build
              + " and the launcher's is "
              + start.build()
              + "; copy the same one, or use --stage DIR");
      return STATUS_MISUSE;
    }
    try (PrivateFolder folder = new PrivateFolder()) {
      return follow(start, folder.path());
    }
  }

  /** Writes what settings name, readable by this user alone. */
  private static void place(Map<String, byte[]> files, Path folder, Map<String, String> settings)
      throws IOException {
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      Path file = folder.resolve(each.getKey());
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file, each.getValue());
      Frames.wipe(each.getValue());
      settings.put(each.getKey(), file.toString());
    }
  }

  private int follow(RemoteStart start, Path folder) throws IOException, InterruptedException {
    Path portFile = folder.resolve("port");
    Map<String, String> settings = new TreeMap<>(start.settings());
    place(start.files(), folder, settings);
    boolean first = settings.get(SettingTable.NODE.key()).equals("0");
    if (first) {
      settings.put(SettingTable.PORT_FILE.key(), portFile.toString());
    }
    RunPlan plan =
        new RunPlan(
            1,
            Path.of(System.getProperty("java.home"), "bin", "java"),
            agent,
            start.jvmOptions(),
            settings,
            start.application(),
            false,
            null,
            Duration.ofSeconds(GRACE_SECONDS));
    node =
        HostProcess.start(
            plan,
            Map.of(ClusterSecret.ENVIRONMENT, start.secret()),
            frames.stream(Frames.OUT),
            frames.stream(Frames.ERR));
    Thread hook = new Thread(null, () -> node.end(0), "dsm-end", 0, false);
    Runtime.getRuntime().addShutdownHook(hook);
    Thread listener = new Thread(null, this::listen, "dsm-launcher", 0, false);
    listener.setDaemon(true);
    listener.start();
    if (first) {
      tellPort(portFile);
    }
    int status = node.await();
    byte[] told =
        ByteBuffer.allocate(Integer.BYTES + 1)
            .putInt(status)
            .put((byte) (node.hasTold(status) ? 1 : 0))
            .array();
    frames.write(Frames.STATUS, told);
    return 0;
  }

  private void tellPort(Path portFile) throws IOException, InterruptedException {
    while (!Files.exists(portFile)) {
      if (!node.isAlive()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    frames.write(Frames.PORT, Files.readString(portFile).getBytes(StandardCharsets.US_ASCII));
  }

  /** What the launcher says; when it says nothing any more, it is gone, and so shall the node. */
  private void listen() {
    try {
      for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
        if (frame.kind() == Frames.INPUT) {
          node.input(frame.payload());
        } else if (frame.kind() == Frames.FAILURE) {
          node.tellFailure();
        } else if (frame.kind() == Frames.END) {
          node.end(GRACE_SECONDS);
        }
      }
    } catch (IOException e) {
      // A broken connection is an end like any other.
    }
    node.end(0);
  }
}
