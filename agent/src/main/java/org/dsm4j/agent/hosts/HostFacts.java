package org.dsm4j.agent.hosts;

import java.util.List;
import java.util.Map;
import org.dsm4j.agent.doctor.Finding;

/**
 * What a host has told about itself.
 *
 * @param host as ssh knows it
 * @param facts name and value, in the order to be shown
 * @param findings of its own checks
 * @param clockOffMillis how far its clock is before ours
 * @param clockErrorMillis how wrong that may be: half the time that the question took
 */
public record HostFacts(
    String host,
    Map<String, String> facts,
    List<Finding> findings,
    long clockOffMillis,
    long clockErrorMillis) {

  /** The fact that says which build of the jar is there. */
  public static final String AGENT = "agent";
}
