package org.dsm4j.agent.cli;

import java.util.concurrent.Callable;
import org.dsm4j.agent.settings.Setting;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows every setting. */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    description = {
      "Shows every setting, with what it may be and the value a node started here would have.",
      "A setting NAME is read, in rising order of precedence, from dsm.properties in the working",
      "folder (or the file that the setting config names), the environment (DSM_NAME),",
      "a system property (-Ddsm.NAME=...) and the agent's arguments (-javaagent:dsm-agent.jar=NAME=...)."
    })
final class SettingsCommand implements Callable<Integer> {
  @Option(names = "--markdown", description = "As the page of the documentation, without values.")
  private boolean markdown;

  @Override
  public Integer call() {
    if (markdown) {
      System.out.print(page());
      return 0;
    }
    try {
      show(SettingsReader.readForNode(""));
      return 0;
    } catch (SettingsException e) {
      System.err.println("dsm: " + e.getMessage());
      return CommandLineMain.STATUS_MISUSE;
    }
  }

  private static void show(Settings settings) {
    for (Setting<?> setting : SettingTable.all()) {
      if (!setting.internal()) {
        System.out.printf(
            "%s = %s%s%n    %s%n    %s%n",
            setting.key(),
            shown(settings.text(setting), "(none)"),
            settings.isSet(setting) ? "   (" + settings.origin(setting) + ")" : "",
            setting.description(),
            setting.type().allowed());
      }
    }
  }

  /** docs/settings.md. */
  static String page() {
    StringBuilder page =
        new StringBuilder(
            "# Settings\n\n"
                + "Written by `dsm settings --markdown`. Where settings are read from and in which"
                + " order: [operations](operations.md#settings).\n\n"
                + "| setting | default | allowed | what it does |\n|---|---|---|---|\n");
    for (Setting<?> setting : SettingTable.all()) {
      if (!setting.internal()) {
        page.append(
            "| `%s` | %s | %s | %s |\n"
                .formatted(
                    setting.key(),
                    shown(setting.defaultText(), "none"),
                    setting.type().allowed(),
                    setting.description()));
      }
    }
    return page.toString();
  }

  private static String shown(String text, String absent) {
    return text == null || text.isEmpty() ? absent : text;
  }
}
