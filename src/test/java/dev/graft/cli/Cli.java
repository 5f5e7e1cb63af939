package dev.graft.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Runs the command line in this process. */
final class Cli {
  private Cli() {}

  record Outcome(int code, String out, String err) {
    /** The one line an error should be. */
    String error() {
      return err.lines().filter(line -> line.startsWith("graft: ")).findFirst().orElse("");
    }
  }

  static Outcome graft(String... arguments) {
    return at(Path.of("target", "test-home").toAbsolutePath(), arguments);
  }

  /** The same with {@code home} as GRAFT_HOME. */
  static Outcome at(Path home, String... arguments) {
    return graft(Map.of("CI", "true", "GRAFT_HOME", home.toString()), arguments);
  }

  static Outcome graft(Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Interrupt interrupt = new Interrupt();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            interrupt);
    int code = new Main(console).run(arguments);
    interrupt.done();
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
