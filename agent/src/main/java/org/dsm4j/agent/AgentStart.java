package org.dsm4j.agent;

import java.lang.instrument.Instrumentation;
import java.util.List;
import jdk.internal.misc.CDS;
import org.dsm4j.DsmException;
import org.dsm4j.NodeLostException;
import org.dsm4j.agent.exit.ExitWatch;
import org.dsm4j.agent.exit.Lifeline;
import org.dsm4j.agent.rewrite.Refusal;
import org.dsm4j.agent.rewrite.RewriteConfig;
import org.dsm4j.agent.rewrite.Rewriter;
import org.dsm4j.agent.settings.NodeConfigs;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;
import org.dsm4j.internal.Runtimes;
import org.dsm4j.node.Node;
import org.dsm4j.node.NodeConfig;

/** The steps of the start, in their order. */
final class AgentStart {
  private static final int STATUS_FAILED = 1;
  private static final int STATUS_USAGE = 2;
  private static final int STATUS_NODE_LOST = 75;

  private AgentStart() {}

  /** All of them; does not return if one fails. */
  static void run(String arguments, Instrumentation instrumentation) {
    boolean debug = false;
    String remark = "";
    try {
      Settings settings = SettingsReader.readForNode(arguments);
      debug = Failures.wantsStackTraces(settings);
      remark = SettingsReader.remark(settings);
      join(settings, instrumentation);
    } catch (SettingsException e) {
      Failures.end(e, debug, STATUS_USAGE);
    } catch (NodeLostException e) {
      Failures.end(e, debug, STATUS_NODE_LOST);
    } catch (DsmException e) {
      Failures.end(new DsmException(e.getMessage() + remark, e), debug, STATUS_FAILED);
    } catch (Throwable e) {
      Throwable told = new IllegalStateException("the agent could not be started: " + e, e);
      Failures.end(told, debug, STATUS_FAILED);
    }
  }

  /** Joins the cluster and makes the JVM ready for the application's classes. */
  private static void join(Settings settings, Instrumentation instrumentation) {
    Lifeline lifeline =
        Lifeline.attach(settings.get(SettingTable.LIFELINE), settings.get(SettingTable.PORT_FILE));
    NodeConfig config = NodeConfigs.of(settings);
    boolean archiving = CDS.isDumpingArchive();
    if (archiving && config.nodes() > 1) {
      throw new SettingsException(
          "this JVM shall write an archive of its classes (-XX:AOTCacheOutput, -XX:AOTMode=record),"
              + " which only a cluster of one can: start it with nodes=1; its archive then serves"
              + " clusters of any size");
    }
    Node node = Node.start(config);
    lifeline.joined();
    Runtimes.install(node);
    Rewriter rewriter = Rewriter.install(instrumentation, rewriting(settings));
    refuse(rewriter.refusals());
    if (archiving) {
      return; // HotSpot crashes if it has to archive its own classes changed; and nobody is to be
      // told
    }
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

  /**
   * Rule 12: a class that should have been rewritten and was loaded before is an error at start.
   */
  private static void refuse(List<Refusal> refusals) {
    if (!refusals.isEmpty()) {
      throw new DsmException(
          refusals.size()
              + " classes of the application were loaded before the agent and cannot be shared (above)");
    }
  }
}
