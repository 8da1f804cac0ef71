package org.dsm4j.agent.hosts;

/**
 * What was measured between two hosts.
 *
 * @param from who measured
 * @param to to whom
 * @param roundTripMicros of a small message, median; NaN if it could not be measured
 * @param bytesPerSecond from one to the other
 * @param bytesPerSecondBack and back
 * @param problem why it could not be measured, or ""
 */
public record PairFacts(
    String from,
    String to,
    double roundTripMicros,
    double bytesPerSecond,
    double bytesPerSecondBack,
    String problem) {

  static PairFacts broken(String from, String to, String problem) {
    return new PairFacts(from, to, Double.NaN, Double.NaN, Double.NaN, problem);
  }
}
