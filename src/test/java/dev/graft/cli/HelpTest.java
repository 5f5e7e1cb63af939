package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HelpTest {
  private static final Pattern OPTION = Pattern.compile("(?<=\\s)--[a-z][a-z0-9-]*");

  private static List<Config> commands() {
    return Config.parse(Cli.graft("help", "--json").out(), "help").items();
  }

  @Test
  void everyCommandHasHelpWithAnExampleWhoseOptionsItKnows() {
    String list = Cli.graft("help").out();
    for (Config command : commands()) {
      String name = command.string("name");
      assertThat(list).contains("  " + name + " ").contains(command.string("summary"));
      Cli.Outcome help = Cli.graft("help", name);
      assertThat(help.code()).isZero();
      assertThat(help.err()).isEmpty();
      assertThat(help.out()).startsWith("Usage: graft " + name + " ");
      String example = command.string("example");
      assertThat(example).contains("graft " + name);
      assertThat(help.out()).endsWith("Example:\n  " + example + "\n");
      assertThat(Cli.graft(name, "--help").out()).isEqualTo(help.out());
      List<String> known = new ArrayList<>();
      for (Config option : command.get("options").items()) {
        known.add(option.string("name"));
        assertThat(option.string("description")).as(name + " " + known).isNotBlank();
      }
      Matcher used = OPTION.matcher(command.string("usage") + " " + example);
      while (used.find()) {
        assertThat(known).as(name).contains(used.group());
      }
    }
  }

  @Test
  void helpOnWhatIsNoCommandNamesTheNearest() {
    Cli.Outcome outcome = Cli.graft("help", "trian");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error()).contains("'trian'").contains("'train'");
  }

  @Test
  void colourNeverComes() {
    assertThat(Cli.graft("help").out()).doesNotContain("\u001b");
    assertThat(Cli.graft("doctor", "--device", "cpu").out()).doesNotContain("\u001b");
  }
}
