package org.dsm4j.agent.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dsm4j.agent.doctor.Doctor;
import org.dsm4j.agent.doctor.Finding;
import org.dsm4j.agent.hosts.HostFacts;
import org.dsm4j.agent.hosts.HostsDoctor;
import org.dsm4j.agent.hosts.HostsReport;
import org.dsm4j.agent.hosts.PairFacts;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks this machine, or several over ssh. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Checks that this machine can run DSM4J, and says what to change. Status 0 if it can, else 1.",
      "With --hosts: reaches each host over ssh, compares them, and measures the network between"
          + " each two. Status 1 also if one cannot be reached."
    })
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--json", description = "One JSON object instead of lines.")
  private boolean json;

  @Mixin private HostOptions hosts;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (hosts.given()) {
      return onHosts();
    }
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

  private int onHosts() throws InterruptedException, IOException {
    HostsReport report = HostsDoctor.examine(hosts.doctorPlan(spec), OwnJar.path());
    if (json) {
      writeJson(report);
    } else {
      report.findings().forEach(DoctorCommand::writeLine);
    }
    return report.healthy() ? 0 : 1;
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
      writeChecks(json, findings);
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void writeChecks(JsonGenerator json, List<Finding> findings) throws IOException {
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
  }

  private static void writeJson(HostsReport report) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(System.out)) {
      json.writeStartObject();
      json.writeBooleanField("healthy", report.healthy());
      writeChecks(json, report.findings());
      json.writeArrayFieldStart("hosts");
      for (HostFacts each : report.hosts()) {
        json.writeStartObject();
        json.writeStringField("host", each.host());
        for (Map.Entry<String, String> fact : each.facts().entrySet()) {
          json.writeStringField(fact.getKey(), fact.getValue());
        }
        json.writeNumberField("clock_off_ms", each.clockOffMillis());
        json.writeNumberField("clock_error_ms", each.clockErrorMillis());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("pairs");
      for (PairFacts each : report.pairs()) {
        json.writeStartObject();
        json.writeStringField("from", each.from());
        json.writeStringField("to", each.to());
        if (each.problem().isEmpty()) {
          json.writeNumberField("round_trip_us", each.roundTripMicros());
          json.writeNumberField("bytes_per_second", each.bytesPerSecond());
          json.writeNumberField("bytes_per_second_back", each.bytesPerSecondBack());
        } else {
          json.writeStringField("problem", each.problem());
        }
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
