package org.dsm4j.agent.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dsm4j.agent.settings.Settings;

/** All checks. */
public final class Doctor {
  private final Settings settings;
  private final Path agent;
  private final ProcFiles proc = new ProcFiles(Path.of("/proc"));

  /**
   * A doctor.
   *
   * @param settings of a node that is started here
   * @param agent dsm-agent.jar
   */
  public Doctor(Settings settings, Path agent) {
    this.settings = settings;
    this.agent = agent;
  }

  /** Looks at everything; takes some seconds, as it starts two nodes. */
  public List<Finding> examine() throws InterruptedException {
    List<Finding> findings = look();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    findings.add(new SelfTest(java, agent).run());
    return findings;
  }

  /** Looks at everything that can be seen without starting a node. */
  public List<Finding> look() {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(new MachineChecks(proc).all());
    findings.addAll(new MemoryChecks(proc, settings).all());
    findings.addAll(new EnvironmentChecks(proc, System.getenv()).all());
    return findings;
  }

  /** What of this machine is to be compared with others, by name, in the order to be shown. */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Java", Runtime.version() + " (" + System.getProperty("java.vm.name") + ")");
    facts.put("architecture", System.getProperty("os.arch"));
    facts.put("page size", known(proc.pageSize()));
    facts.put("kernel", System.getProperty("os.version"));
    facts.put("cores", Runtime.getRuntime().availableProcessors() + "");
    facts.put("open files", proc.limits("Max open files"));
    facts.put("locked memory", proc.limits("Max locked memory"));
    facts.put("vm.max_map_count", known(proc.number("sys/vm/max_map_count")));
    facts.put("userfaultfd", MemoryChecks.userfaultfd(proc));
    return facts;
  }

  private static String known(long number) {
    return number < 0 ? "unknown" : number + "";
  }
}
