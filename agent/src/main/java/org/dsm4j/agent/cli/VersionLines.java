package org.dsm4j.agent.cli;

import org.dsm4j.node.engine.LibDsm;
import picocli.CommandLine.IVersionProvider;

/** What this is: version, build, the native library's interface, and the JVM. */
final class VersionLines implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "DSM4J " + OwnJar.attribute("Implementation-Version"),
      "build " + OwnJar.attribute("Build"),
      "native interface " + LibDsm.ABI_VERSION,
      "Java "
          + Runtime.version()
          + " ("
          + System.getProperty("java.vm.name")
          + ", "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.arch")
          + ")"
    };
  }
}
