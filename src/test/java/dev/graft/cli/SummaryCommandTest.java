package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import org.junit.jupiter.api.Test;

class SummaryCommandTest {
  @Test
  void tellsOfVgg16WithoutWeights() {
    Cli.Outcome outcome = Cli.graft("summary", "vgg16");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("block1_conv1 (Conv2D)", "(None, 224, 224, 64)", "1,792")
        .contains("Total params: 138,357,544");
  }

  @Test
  void speaksJson() {
    Config json = Config.parse(Cli.graft("summary", "vgg19", "--json").out(), "summary");
    assertThat(json.get("total").whole()).isEqualTo(143_667_240L);
    assertThat(json.get("layers").items()).hasSize(26);
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    String all = Cli.graft("help").out();
    for (String name : new String[] {"train", "summary", "evaluate", "predict", "export"}) {
      assertThat(all).contains(name);
      assertThat(Cli.graft("help", name).out()).contains("Usage: graft " + name, "Example:");
    }
  }
}
