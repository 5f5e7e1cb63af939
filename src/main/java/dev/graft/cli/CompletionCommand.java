package dev.graft.cli;

import dev.graft.error.SettingException;
import java.util.Collection;
import java.util.function.Supplier;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft completion}: what shells and {@code man} want to know, printed. */
final class CompletionCommand implements Command {
  private final Supplier<Collection<Command>> commands;

  /**
   * The command.
   *
   * @param commands all there are, this one among them
   */
  CompletionCommand(Supplier<Collection<Command>> commands) {
    this.commands = commands;
  }

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public String summary() {
    return "Prints completions for bash or zsh, or the page for man.";
  }

  @Override
  public String usage() {
    return "bash|zsh|man";
  }

  @Override
  public String example() {
    return "source <(graft completion bash)";
  }

  @Override
  public Options options() {
    return new Options();
  }

  @Override
  public int run(CommandLine line, Console console) {
    Manual manual = new Manual(commands.get());
    String what = line.getArgList().size() == 1 ? line.getArgList().get(0) : "";
    console
        .out()
        .print(
            switch (what) {
              case "bash" -> manual.bash();
              case "zsh" -> manual.zsh();
              case "man" -> manual.page(Main.version());
              default ->
                  throw new SettingException(
                      "completion: expected bash, zsh or man, came '" + what + "'.");
            });
    return 0;
  }
}
