package org.dsm4j.agent.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dsm4j.agent.doctor.Doctor;
import org.dsm4j.agent.hosts.DoctorSide;
import org.dsm4j.agent.hosts.HostFacts;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;
import picocli.CommandLine.Command;

/** What {@code doctor --hosts} starts at the other end of ssh. */
@Command(name = "host-doctor", hidden = true, description = "For the doctor only.")
final class HostDoctorCommand implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    Doctor doctor;
    try {
      doctor = new Doctor(SettingsReader.read(""), OwnJar.path());
    } catch (SettingsException e) {
      System.err.println("dsm: " + e.getMessage());
      return CommandLineMain.STATUS_MISUSE;
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(HostFacts.AGENT, HostOptions.build());
    facts.putAll(doctor.facts());
    return DoctorSide.run(facts, doctor);
  }
}
