package org.dsm4j.agent.cli;

/** What the native library says about itself. */
final class NativeLibrary {
  private NativeLibrary() {}

  static String abi() {
    return "1";
  }
}
