package org.dsm4j.agent.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dsm4j.agent.doctor.Doctor;
import org.dsm4j.agent.doctor.Finding;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks this machine. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Checks that this machine can run DSM4J, and says what to change. Status 0 if it can, else 1."
    })
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--json", description = "One JSON object instead of lines.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, IOException {
    Settings settings;
    try {
      settings = SettingsReader.read("");
    } catch (SettingsException e) {
      System.err.println("dsm: " + e.getMessage());
      return CommandLineMain.STATUS_MISUSE;
    }
    List<Finding> findings = new Doctor(settings, OwnJar.path()).examine();
    boolean fails = findings.stream().anyMatch(each -> each.level() == Finding.Level.FAIL);
    if (json) {
      writeJson(findings, !fails);
    } else {
      findings.forEach(DoctorCommand::writeLine);
    }
    return fails ? 1 : 0;
  }

  private static void writeLine(Finding finding) {
    System.out.printf("%-5s %-22s %s%n", level(finding), finding.name(), finding.text());
    if (!finding.remedy().isEmpty()) {
      System.out.printf("%-5s %-22s -> %s%n", "", "", finding.remedy());
    }
  }

  private static void writeJson(List<Finding> findings, boolean healthy) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(System.out)) {
      json.writeStartObject();
      json.writeBooleanField("healthy", healthy);
      json.writeArrayFieldStart("checks");
      for (Finding each : findings) {
        json.writeStartObject();
        json.writeStringField("name", each.name());
        json.writeStringField("level", level(each));
        json.writeStringField("text", each.text());
        json.writeStringField("remedy", each.remedy());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static String level(Finding finding) {
    return finding.level().name().toLowerCase(Locale.ROOT);
  }
}
