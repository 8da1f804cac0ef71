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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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
  private static final int STATUS_FAILED = 1;
  private static final int STATUS_MISUSE = 2;
  private static final long POLL_MILLIS = 10;
  private static final long GRACE_SECONDS = 8;

  private final Frames frames;
  private final String build;
  private final Path agent;
  private final BlockingQueue<byte[]> inputs = new LinkedBlockingQueue<>();
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
    frames.hello();
    Frame first = frames.read();
    if (first == null || first.kind() != Frames.START) {
      System.err.println("dsm: this command is for the launcher; use: dsm run --hosts");
      return STATUS_MISUSE;
    }
    RemoteStart start = RemoteStart.decode(first.payload());
    Frames.wipe(first.payload());
    if (!start.build().equals(build)) {
      return refuse(
          STATUS_MISUSE,
          agent
              + " on this host is "
              + build
              + " and the launcher's is "
              + start.build()
              + "; copy the same one, or use --stage DIR");
    }
    try (PrivateFolder folder = new PrivateFolder()) {
      return follow(start, folder.path());
    } catch (IOException e) {
      return refuse(STATUS_FAILED, "the node could not be started on this host: " + e.getMessage());
    }
  }

  /** Tells why there is no node. */
  private int refuse(int status, String why) throws IOException {
    frames.write(Frames.ERR, ("dsm: " + why + "\n").getBytes(StandardCharsets.UTF_8));
    tellStatus(status, true);
    return 0;
  }

  private void tellStatus(int status, boolean deliberate) throws IOException {
    byte[] told =
        ByteBuffer.allocate(Integer.BYTES + 1)
            .putInt(status)
            .put((byte) (deliberate ? 1 : 0))
            .array();
    frames.write(Frames.STATUS, told);
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
    daemon("dsm-launcher", this::listen);
    daemon("dsm-input", this::carryInput);
    if (first) {
      tellPort(portFile);
    }
    int status = node.await();
    tellStatus(status, node.hasTold(status));
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

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  /** Beside {@link #listen}: a node that does not read its input shall still be ended. */
  private void carryInput() {
    try {
      while (true) {
        node.input(inputs.take());
        frames.write(Frames.TAKEN, new byte[0]);
      }
    } catch (IOException e) {
      // The launcher is gone, and the listener deals with it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the launcher says; when it says nothing any more, it is gone, and so shall the node. */
  private void listen() {
    try {
      for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
        if (frame.kind() == Frames.INPUT) {
          inputs.add(frame.payload());
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
