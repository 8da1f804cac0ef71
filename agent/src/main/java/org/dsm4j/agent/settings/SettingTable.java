package org.dsm4j.agent.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** All settings there are. */
public final class SettingTable {
  private static final List<Setting<?>> ALL = new ArrayList<>();

  public static final Setting<Integer> NODE =
      add("node", ValueTypes.integer(0, 4095), "0", "number of this node, less than nodes");
  public static final Setting<Integer> NODES =
      add("nodes", ValueTypes.integer(1, 4096), "1", "how many nodes the cluster has");
  public static final Setting<Endpoint> MANAGER =
      add(
          "manager",
          ValueTypes.endpoint(),
          null,
          "where the cluster's manager listens; needed when nodes is more than 1");
  public static final Setting<Integer> MANAGER_PORT =
      add(
          "manager-port",
          ValueTypes.integer(1, 65_535),
          "7400",
          "the manager's port where its host is taken from Slurm, mpirun or Kubernetes");
  public static final Setting<String> SERVICE =
      add(
          "service",
          ValueTypes.text(200),
          null,
          "headless service of the StatefulSet in Kubernetes that this pod is of; then node and manager follow from the pod's name");
  public static final Setting<Boolean> EMBEDDED_MANAGER =
      add(
          "embedded-manager",
          ValueTypes.flag(),
          "true",
          "whether node 0 runs the manager itself; false when the command manager runs it");
  public static final Setting<String> CLUSTER =
      add(
          "cluster",
          ValueTypes.text(200),
          "dsm",
          "name of the cluster; nodes of others are refused");
  public static final Setting<Path> SECRET_FILE =
      add(
          "secret-file",
          ValueTypes.path(),
          null,
          "file with the cluster's secret, which only its owner may read; else the variable DSM_SECRET is looked at");
  public static final Setting<Path> TLS_CERTIFICATE =
      add(
          "tls-certificate",
          ValueTypes.path(),
          null,
          "PEM file with the certificate of this node or manager; with it, the control plane is in TLS");
  public static final Setting<Path> TLS_KEY =
      add(
          "tls-key",
          ValueTypes.path(),
          null,
          "PEM file with the key of tls-certificate (PKCS #8), which only its owner may read");
  public static final Setting<Path> TLS_TRUST =
      add(
          "tls-trust",
          ValueTypes.path(),
          null,
          "PEM file with the certificates that are believed, or that have signed such; by default tls-certificate alone; with it, a manager demands certificates of its nodes");
  public static final Setting<String> BIND =
      add(
          "bind",
          ValueTypes.text(200),
          null,
          "address or name to listen on; by default loopback if the manager is there, else where this machine reaches the manager from");
  public static final Setting<String> ADVERTISE =
      add(
          "advertise",
          ValueTypes.text(200),
          null,
          "address or name by which other nodes reach this one; by default what it listens on");
  public static final Setting<Integer> PORT =
      add(
          "port",
          ValueTypes.integer(0, 65_535),
          "0",
          "port on which this node serves its pages; 0 for a free one");
  public static final Setting<Long> BASE =
      add(
          "base",
          ValueTypes.orWord(Map.of("default", 0L), ValueTypes.address()),
          "default",
          "address of the shared space, the same on every node; default is 0x200000000000");
  public static final Setting<Long> SPACE =
      add(
          "space",
          ValueTypes.bytes("16M", "64T"),
          "1T",
          "size of the shared space; memory is used as pages are touched");
  public static final Setting<Duration> SILENCE =
      add(
          "silence",
          ValueTypes.duration(Duration.ofMillis(100), Duration.ofMinutes(60)),
          "8s",
          "a node that is not heard of for this long is lost");
  public static final Setting<Duration> JOIN_TIMEOUT =
      add("join-timeout", upToAnHour(), "60s", "how long all nodes may take to join");
  public static final Setting<Duration> REQUEST_TIMEOUT =
      add("request-timeout", upToAnHour(), "30s", "how long an answer of the manager may take");
  public static final Setting<Duration> INIT_TIMEOUT =
      add(
          "init-timeout",
          upToAnHour(),
          "120s",
          "how long a static initializer that runs on another node is waited for");
  public static final Setting<Duration> END_TIMEOUT =
      add(
          "end-timeout",
          upToAnHour(),
          "5s",
          "how long a node may take to end in good order once the cluster ends");
  public static final Setting<Long> SPIN =
      add(
          "spin",
          ValueTypes.orWord(Map.of("auto", 0L, "never", 1L), nanos(Duration.ofMinutes(60))),
          "auto",
          "how long a waiting thread polls before it blocks; auto: only with a core to spare");
  public static final Setting<Integer> CORES =
      add(
          "cores",
          ValueTypes.orWord(Map.of("auto", -1), ValueTypes.integer(0, 65_536)),
          "auto",
          "cores that this node may count as its own; auto: the machine's, divided by nodes");
  public static final Setting<Duration> HOLD =
      add(
          "hold",
          ValueTypes.orWord(
              Map.of("default", Duration.ZERO),
              ValueTypes.duration(Duration.ofNanos(1), Duration.ofSeconds(1))),
          "default",
          "how long a page that was granted stays before it is given away; default is 20us");
  public static final Setting<Integer> MAX_MAPPINGS =
      add(
          "max-mappings",
          ValueTypes.orWord(Map.of("default", 0), ValueTypes.integer(16, 1 << 30)),
          "default",
          "memory mappings that shared pages may be split into; default is 16384");
  public static final Setting<Long> NATIVE_WAIT =
      add(
          "native-wait",
          ValueTypes.orWord(Map.of("default", 0L, "never", 1L), nanos(Duration.ofMinutes(1))),
          "default",
          "how long a thread waits for a lock or barrier in native code before it parks in Java; default is 1ms");
  public static final Setting<String> PAGER =
      add(
          "pager",
          ValueTypes.word("BEST", "MPROTECT", "USERFAULTFD"),
          "best",
          "how pages are opened and closed; best: userfaultfd where the system offers it");
  public static final Setting<Integer> TWINS =
      add(
          "twins",
          ValueTypes.integer(16, 1 << 30),
          "4096",
          "pages of other homes that a node may have written since its last release, the same on every node");
  public static final Setting<Integer> MIGRATE_AFTER =
      add(
          "migrate-after",
          ValueTypes.orWord(Map.of("never", -1), ValueTypes.integer(1, Integer.MAX_VALUE)),
          "3",
          "releases in a row in which one node alone wrote a page, after which it becomes the page's home, the same on every node");
  public static final Setting<String> LOG =
      add(
          "log",
          ValueTypes.word("ERROR", "WARN", "INFO", "DEBUG", "TRACE"),
          "warn",
          "what is told on the standard error stream; debug adds stack traces");
  public static final Setting<List<String>> EXCLUDE =
      add("exclude", ValueTypes.prefixes(), "", "classes that are never rewritten");
  public static final Setting<Path> DUMP =
      add("dump", ValueTypes.path(), null, "folder into which rewritten classes are written");
  public static final Setting<Boolean> VERIFY =
      add("verify", ValueTypes.flag(), "false", "whether rewritten classes are checked before use");
  public static final Setting<Path> CONFIG =
      add(
          "config",
          ValueTypes.path(),
          null,
          "file of settings to read in place of dsm.properties in the working folder");

  /** The launcher's: node 0 writes the manager's port there, the others read it. */
  public static final Setting<Path> PORT_FILE = internal("portfile", ValueTypes.path());

  /** The launcher's: a socket that stays open as long as the launcher lives. */
  public static final Setting<String> LIFELINE = internal("lifeline", ValueTypes.text(200));

  private SettingTable() {}

  /** All of them, in the order in which they are shown. */
  public static List<Setting<?>> all() {
    return Collections.unmodifiableList(ALL);
  }

  private static ValueType<Duration> upToAnHour() {
    return ValueTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(60));
  }

  private static ValueType<Long> nanos(Duration max) {
    ValueType<Duration> type = ValueTypes.duration(Duration.ofNanos(2), max);
    return new ValueType<>() {
      @Override
      public Long parse(String text) {
        return type.parse(text).toNanos();
      }

      @Override
      public String allowed() {
        return type.allowed();
      }
    };
  }

  private static <T> Setting<T> add(
      String key, ValueType<T> type, String defaultText, String description) {
    return enter(new Setting<>(key, type, defaultText, description, false));
  }

  private static <T> Setting<T> internal(String key, ValueType<T> type) {
    return enter(new Setting<>(key, type, null, "set by the launcher", true));
  }

  private static <T> Setting<T> enter(Setting<T> setting) {
    ALL.add(setting);
    return setting;
  }
}
