package org.dsm4j.agent;

import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dsm4j.DsmException;
import org.dsm4j.agent.boot.BootClasses;
import org.dsm4j.agent.boot.NativeAccess;
import org.dsm4j.agent.exit.ExitWatch;
import org.dsm4j.agent.exit.Lifeline;
import org.dsm4j.agent.rewrite.Refusal;
import org.dsm4j.agent.rewrite.RewriteConfig;
import org.dsm4j.agent.rewrite.Rewriter;
import org.dsm4j.agent.settings.NodeConfigs;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.internal.Runtimes;
import org.dsm4j.node.Node;

/** The steps of the start, in their order. */
final class AgentStart {
  private AgentStart() {}

  /** What must come before any class of ours links to the API. */
  static void prepare(Instrumentation instrumentation) {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new IllegalStateException(
          "this system is " + System.getProperty("os.name") + "; DSM4J runs on Linux only");
    }
    Set<Module> boot = Set.of(BootClasses.define());
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of("jdk.internal.misc", boot, "jdk.internal.access", boot),
        Map.of(),
        Set.of(),
        Map.of());
    NativeAccess.enable();
  }

  /** Joins the cluster and makes the JVM ready for the application's classes. */
  static void run(Settings settings, Instrumentation instrumentation) {
    Lifeline lifeline = Lifeline.attach(settings.get(SettingTable.LIFELINE));
    Node node = Node.start(NodeConfigs.of(settings));
    Runtimes.install(node);
    Rewriter rewriter = Rewriter.install(instrumentation, rewriting(settings));
    refuse(rewriter.refusals());
    ExitWatch.install(
        instrumentation,
        status -> {
          lifeline.tell(status);
          node.exitRequested(status);
        },
        node::mainFailed);
  }

  private static RewriteConfig rewriting(Settings settings) {
    return new RewriteConfig(
        settings.get(SettingTable.EXCLUDE),
        settings.get(SettingTable.DUMP),
        settings.get(SettingTable.VERIFY),
        refusal -> System.err.println(refusal.message()));
  }

  /** Rule 12: a class that should have been rewritten and was loaded before is an error at start. */
  private static void refuse(List<Refusal> refusals) {
    if (!refusals.isEmpty()) {
      throw new DsmException(
          refusals.size() + " classes of the application were loaded before the agent and cannot be shared (above)");
    }
  }
}
