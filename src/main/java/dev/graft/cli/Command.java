package dev.graft.cli;

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

  /** Does it; the result is the exit code. */
  int run(CommandLine line, Console console);
}
