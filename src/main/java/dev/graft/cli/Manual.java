package dev.graft.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** What a shell and {@code man} want to know of the commands, made from the commands themselves. */
final class Manual {
  private final Collection<Command> commands;

  Manual(Collection<Command> commands) {
    this.commands = List.copyOf(commands);
  }

  private static Stream<Option> options(Command command) {
    Options global = Console.global();
    Stream<Option> own =
        command.options().getOptions().stream().filter(o -> !global.hasLongOption(o.getLongOpt()));
    return Stream.concat(own, global.getOptions().stream());
  }

  private static String words(Command command) {
    return String.join(" ", options(command).map(o -> "--" + o.getLongOpt()).toList());
  }

  /** All commands as plain data. */
  List<Object> json() {
    return commands.stream().<Object>map(Manual::json).toList();
  }

  /** One command as plain data: {@code {name, summary, usage, example, options}}. */
  static Map<String, Object> json(Command command) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", command.name());
    json.put("summary", command.summary());
    json.put("usage", "graft " + command.name() + " " + command.usage());
    json.put("example", command.example());
    List<Object> all = new ArrayList<>();
    options(command)
        .forEach(
            option -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("name", "--" + option.getLongOpt());
              one.put("value", option.hasArg() ? option.getArgName() : null);
              one.put("description", option.getDescription());
              all.add(one);
            });
    json.put("options", all);
    return json;
  }

  /** For bash: {@code source <(graft completion bash)}. */
  String bash() {
    StringBuilder text = new StringBuilder("# bash completion for graft\n_graft() {\n");
    text.append("  local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-} words\n");
    text.append(
        "  if [ \"$COMP_CWORD\" -eq 1 ] || { [ \"$COMP_CWORD\" -eq 2 ] && [ \"$command\" = help ];"
            + " }; then\n");
    text.append("    COMPREPLY=($(compgen -W \"").append(names()).append("\" -- \"$cur\"))\n");
    text.append("    return\n  fi\n  case $command in\n");
    for (Command command : commands) {
      text.append("    ").append(command.name()).append(") words=\"");
      text.append(words(command)).append("\" ;;\n");
    }
    text.append("    *) words= ;;\n  esac\n");
    text.append("  case $cur in\n    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n");
    text.append("    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n  esac\n}\n");
    return text.append("complete -o filenames -F _graft graft\n").toString();
  }

  private String names() {
    return String.join(" ", commands.stream().map(Command::name).toList()) + " help --version";
  }

  /** For zsh: a file {@code _graft} on its {@code fpath}. */
  String zsh() {
    StringBuilder text = new StringBuilder("#compdef graft\n_graft() {\n  local -a commands\n");
    text.append("  commands=(\n");
    for (Command command : commands) {
      text.append("    ").append(quoted(command.name() + ":" + zshText(command.summary())));
      text.append('\n');
    }
    text.append("    'help:all commands, or one of them'\n  )\n");
    text.append("  if (( CURRENT == 2 )); then _describe command commands; return; fi\n");
    text.append("  case $words[2] in\n    help) _describe command commands ;;\n");
    for (Command command : commands) {
      text.append("    ").append(command.name()).append(") _arguments");
      options(command).forEach(option -> text.append(" \\\n      ").append(zsh(option)));
      text.append(" \\\n      '*:file:_files' ;;\n");
    }
    return text.append("  esac\n}\n_graft \"$@\"\n").toString();
  }

  private static String zsh(Option option) {
    String name = "--" + option.getLongOpt();
    String text = name + "[" + zshText(option.getDescription()) + "]";
    return quoted(option.hasArg() ? text + ":" + zshText(option.getArgName()) + ":_files" : text);
  }

  private static String zshText(String text) {
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** The page of {@code man graft}, in roff. */
  String page(String version) {
    StringBuilder text = new StringBuilder();
    text.append(".TH GRAFT 1 \"\" \"graft ").append(roff(version)).append("\"\n");
    text.append(".SH NAME\ngraft \\- transfer learning on the JVM, with networks of Keras\n");
    text.append(".SH SYNOPSIS\n.B graft\n.I COMMAND\n[options]\n");
    text.append(".SH COMMANDS\n");
    for (Command command : commands) {
      text.append(".SS ").append(roff(command.name() + " " + command.usage())).append('\n');
      text.append(roff(command.summary())).append('\n');
      command.options().getOptions().forEach(option -> roff(text, option));
      text.append(".PP\nExample:\n.PP\n.RS\n").append(roff(command.example())).append("\n.RE\n");
    }
    text.append(".SH OPTIONS THAT GO EVERYWHERE\n");
    Console.global().getOptions().forEach(option -> roff(text, option));
    text.append(".SH EXIT STATUS\n");
    for (String line :
        List.of(
            "0:done",
            "1:a defect of Graft",
            "2:a mistake of the user; one line says where, what, and what to do",
            "75:start again, the run goes on from its last checkpoint",
            "130:interrupted, with the state saved")) {
      String[] parts = line.split(":", 2);
      text.append(".TP\n.B ").append(parts[0]).append('\n').append(roff(parts[1])).append('\n');
    }
    text.append(".SH ENVIRONMENT\n");
    for (String line :
        List.of(
            "GRAFT_HOME:where fetched files and the cache lie (default ~/.graft)",
            "GRAFT_GPU:a folder made by mvn -Pgpu-folder package",
            "GRAFT_JAVA_OPTIONS:more options for Java",
            "NO_COLOR, CI:no bars, a line an epoch")) {
      String[] parts = line.split(":", 2);
      text.append(".TP\n.B ").append(roff(parts[0])).append('\n').append(roff(parts[1]));
      text.append('\n');
    }
    return text.toString();
  }

  private static void roff(StringBuilder text, Option option) {
    text.append(".TP\n.B ").append(roff("--" + option.getLongOpt()));
    if (option.hasArg()) {
      text.append(' ').append(roff(option.getArgName()));
    }
    text.append('\n').append(roff(option.getDescription())).append('\n');
  }

  /** Plain text in roff: nothing in it is an instruction. */
  private static String roff(String text) {
    String safe = text.replace("\\", "\\e").replace("-", "\\-");
    return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
  }
}
