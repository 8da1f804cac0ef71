package org.dsm4j.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import org.dsm4j.agent.boot.BootClasses;
import org.dsm4j.agent.boot.NativeAccess;

/**
 * What must be done before any class of ours links to the API: it is put where all find it, and our
 * modules get their rights.
 */
final class AgentPreparation {
  private AgentPreparation() {}

  static void run(Instrumentation instrumentation) {
    String system = System.getProperty("os.name");
    if (!system.equals("Linux")) {
      throw new IllegalStateException("this system is " + system + "; DSM4J runs on Linux only");
    }
    refuseOnModulePath();
    Set<Module> boot = Set.of(BootClasses.define());
    Map<String, Set<Module>> internals =
        Map.of("jdk.internal.misc", boot, "jdk.internal.access", boot);
    Module java = Object.class.getModule();
    Module own = AgentPreparation.class.getModule();
    instrumentation.redefineModule(java, Set.of(), internals, Map.of(), Set.of(), Map.of());
    instrumentation.redefineModule(own, boot, Map.of(), Map.of(), Set.of(), Map.of());
    NativeAccess.enable();
  }

  /** The module path would give the program a second API: its own, beside the running one. */
  private static void refuseOnModulePath() {
    for (Module each : ModuleLayer.boot().modules()) {
      if (each.getPackages().contains("org.dsm4j")) {
        throw new IllegalStateException(
            "dsm-agent.jar is on the module path, as module "
                + each.getName()
                + "; leave it off, and write \"requires static "
                + each.getName()
                + "\" in module-info.java");
      }
    }
  }
}
