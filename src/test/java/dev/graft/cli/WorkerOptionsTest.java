package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in the options for several workers, each one line before anything is read. */
class WorkerOptionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rank 0 | --rank: it is about several workers.",
        "--step-timeout 5s | --step-timeout: it is about several workers.",
        "--workers a:1,b:2 | --workers: which one is this?",
        "--workers a:1 --rank 0 | --workers: expected at least two addresses",
        "--workers a:1,a:1 --rank 0 | --workers: an address stands there twice.",
        "--workers a:1,b:2 --rank 2 | --rank: expected 0 to 1 for 2 workers, came 2.",
        "--workers a:1,b:2 --rank -1 | --rank: expected 0 to 1 for 2 workers, came -1.",
        "--workers a,b:2 --rank 0 | --workers: expected host:port with a port from 1 to 65535,",
        "--workers a:1,b:70000 --rank 0 | came 'b:70000'.",
        "--workers a:1,b:2 --rank 0 --join-timeout 10ms | expected at least 1s, came 10ms",
        "--workers a:1,b:2 --rank 0 --step-timeout soon | --step-timeout: expected a time such as",
        "--workers a:1,b:2 --rank 0 --precision bfloat16 | --precision: several workers train in",
        "--workers a:1,b:2 --rank 0 --find-lr | --find-lr: one process looks for a rate.",
      })
  void areSaidInOneLine(String options, String expected) {
    String[] arguments =
        Stream.concat(
                Stream.of("train", "graphs/quickstart.json"), Arrays.stream(options.split(" ")))
            .toArray(String[]::new);
    Cli.Outcome outcome = Cli.graft(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.error()).startsWith("graft: ").contains(expected);
  }
}
