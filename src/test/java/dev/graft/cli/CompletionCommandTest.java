package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
  @TempDir Path folder;

  /** What a program says of its input; it has to end well. */
  private static String said(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  @Test
  void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/bin/bash")), "no bash here");
    Path file = folder.resolve("graft.bash");
    Files.writeString(file, Cli.graft("completion", "bash").out());
    String ask =
        "source " + file + "; COMP_WORDS=(%s); COMP_CWORD=%d; _graft; echo ${COMPREPLY[*]}";
    assertThat(said("/bin/bash", "-c", ask.formatted("graft ev", 1)).strip()).isEqualTo("evaluate");
    assertThat(said("/bin/bash", "-c", ask.formatted("graft help sum", 2)).strip())
        .isEqualTo("summary");
    assertThat(said("/bin/bash", "-c", ask.formatted("graft train --fine-tune-", 2)).strip())
        .isEqualTo("--fine-tune-epochs --fine-tune-lr");
  }

  @Test
  void zshAndManKnowEveryCommandAndOption() {
    String zsh = Cli.graft("completion", "zsh").out();
    String page = Cli.graft("completion", "man").out();
    for (String name : List.of("train", "predict", "doctor", "completion")) {
      assertThat(zsh).contains("'" + name + ":");
      assertThat(page).contains(".SS " + name);
    }
    assertThat(zsh).startsWith("#compdef graft\n").contains("'--resume[");
    assertThat(page).startsWith(".TH GRAFT 1").contains(".B \\-\\-resume");
    assertThat(page.lines()).noneMatch(line -> line.isBlank());
  }

  @Test
  void anotherShellIsRefused() {
    Cli.Outcome outcome = Cli.graft("completion", "fish");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error())
        .isEqualTo("graft: completion: expected bash, zsh or man, came 'fish'.");
  }
}
