package org.dsm4j.agent.cli;

import java.util.concurrent.Callable;
import org.dsm4j.agent.hosts.HostSide;
import picocli.CommandLine.Command;

/** What {@code run --hosts} starts at the other end of ssh. */
@Command(name = "host-side", hidden = true, description = "For the launcher only.")
final class HostSideCommand implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    return HostSide.run(HostOptions.build(), OwnJar.path());
  }
}
