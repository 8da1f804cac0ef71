package org.dsm4j.agent.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.dsm4j.agent.rewrite.Problem;
import org.dsm4j.agent.rewrite.ProgramCheck;
import org.dsm4j.agent.rewrite.ProgramClasses;
import org.dsm4j.agent.rewrite.Refusal;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what a program would be told, without running it. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    customSynopsis = {"dsm check [--json] (-cp PATH | -jar app.jar)"},
    description = {
      "Rewrites every class of a program as the agent would, without running it, and tells all"
          + " that",
      "cannot be shared as written: class, member, line, reason, and what to write instead.",
      "Status 0 if there is nothing, else 1."
    })
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-cp", "-classpath", "--class-path"},
      paramLabel = "PATH",
      description = "Folders and jars; an executable jar with all that is in it.")
  private String classPath;

  @Option(names = "-jar", paramLabel = "JAR", description = "The same as -cp JAR.")
  private String jar;

  @Option(names = "--json", description = "One JSON object instead of lines.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if ((classPath == null) == (jar == null)) {
      throw ClusterOptions.misuse(spec, "name the program's classes: -cp PATH or -jar app.jar");
    }
    String path = classPath == null ? jar : classPath;
    for (String entry : path.split(File.pathSeparator)) {
      if (!entry.endsWith("*") && !Files.exists(Path.of(entry))) {
        throw ClusterOptions.misuse(spec, "there is no file or folder " + entry);
      }
    }
    Settings settings;
    try {
      settings = SettingsReader.read("");
    } catch (SettingsException e) {
      System.err.println("dsm: " + e.getMessage());
      return CommandLineMain.STATUS_MISUSE;
    }
    ProgramCheck check =
        ProgramCheck.of(ProgramClasses.of(path), settings.get(SettingTable.EXCLUDE));
    if (json) {
      writeJson(check);
    } else {
      writeLines(check);
    }
    return check.refusals().isEmpty() ? 0 : 1;
  }

  private static void writeLines(ProgramCheck check) {
    check.refusals().forEach(refusal -> System.out.println(refusal.message()));
    List<Refusal> refused = check.refusals();
    int problems = refused.stream().mapToInt(refusal -> refusal.problems().size()).sum();
    System.out.printf(
        "dsm: %s, %d of which use shared data; %s%n",
        counted(check.classes(), "class", "classes"),
        check.rewritten(),
        refused.isEmpty()
            ? "nothing to change"
            : counted(problems, "problem", "problems")
                + " in "
                + counted(refused.size(), "class", "classes"));
  }

  private static String counted(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  private static void writeJson(ProgramCheck check) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(System.out)) {
      json.writeStartObject();
      json.writeNumberField("classes", check.classes());
      json.writeNumberField("shared", check.rewritten());
      json.writeArrayFieldStart("refused");
      for (Refusal refusal : check.refusals()) {
        json.writeStartObject();
        json.writeStringField("class", refusal.className());
        json.writeArrayFieldStart("problems");
        for (Problem problem : refusal.problems()) {
          json.writeStartObject();
          json.writeStringField("member", problem.member());
          json.writeNumberField("line", problem.line());
          json.writeStringField("reason", problem.reason());
          json.writeStringField("remedy", problem.remedy());
          json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }
}
