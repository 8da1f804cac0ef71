package org.dsm4j.agent.hosts;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the helper on another host is told to start.
 *
 * @param build of the jar, which must be the same at both ends
 * @param secret the cluster's, which the node gets in its environment
 * @param jvmOptions options of the JVM
 * @param settings of the node
 * @param application what follows the options
 * @param files what settings shall name there, by setting: written where only the node can read
 */
record RemoteStart(
    String build,
    String secret,
    List<String> jvmOptions,
    Map<String, String> settings,
    List<String> application,
    Map<String, byte[]> files) {

  byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(build);
    out.writeUTF(secret);
    write(out, jvmOptions);
    List<String> pairs = new ArrayList<>();
    settings.forEach(
        (key, value) -> {
          pairs.add(key);
          pairs.add(value);
        });
    write(out, pairs);
    write(out, application);
    out.writeInt(files.size());
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      out.writeUTF(each.getKey());
      out.writeInt(each.getValue().length);
      out.write(each.getValue());
    }
    return bytes.toByteArray();
  }

  static RemoteStart decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    String build = in.readUTF();
    String secret = in.readUTF();
    List<String> options = readList(in);
    List<String> pairs = readList(in);
    Map<String, String> settings = new TreeMap<>();
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      settings.put(pairs.get(i), pairs.get(i + 1));
    }
    List<String> application = readList(in);
    Map<String, byte[]> files = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String setting = in.readUTF();
      files.put(setting, in.readNBytes(in.readInt()));
    }
    return new RemoteStart(build, secret, options, settings, application, files);
  }

  private static void write(DataOutputStream out, List<String> list) throws IOException {
    out.writeInt(list.size());
    for (String each : list) {
      out.writeUTF(each);
    }
  }

  private static List<String> readList(DataInputStream in) throws IOException {
    List<String> list = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      list.add(in.readUTF());
    }
    return list;
  }

  /** Not the secret. */
  @Override
  public String toString() {
    return application.toString();
  }
}
