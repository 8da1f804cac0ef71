package org.dsm4j.agent.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dsm4j.agent.settings.Settings;

/** All checks. */
public final class Doctor {
  private final Settings settings;
  private final Path agent;

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
    ProcFiles proc = new ProcFiles(Path.of("/proc"));
    List<Finding> findings = new ArrayList<>();
    findings.addAll(new MachineChecks(proc).all());
    findings.addAll(new MemoryChecks(proc, settings).all());
    findings.addAll(new EnvironmentChecks(proc, System.getenv()).all());
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    findings.add(new SelfTest(java, agent).run());
    return findings;
  }
}
