package dev.graft.cli;

import dev.graft.error.SettingException;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** A command of {@code graft}. */
interface Command {
  /** The word it is called by. */
  String name();

  /** One line for the list of commands. */
  String summary();

  /** What stands after the word, such as {@code MODEL INPUT… [options]}. */
  String usage();

  /** An example line, for {@code graft help COMMAND}. */
  String example();

  /** Its own options; the global ones are added. */
  Options options();

  /** What is wrong when it was called without {@code what}. */
  default SettingException expected(String what) {
    return new SettingException(name() + ": expected " + what + ". See: graft help " + name());
  }

  /** Does it; the result is the exit code. */
  int run(CommandLine line, Console console);
}
