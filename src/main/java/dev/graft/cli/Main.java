package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.config.Nearest;
import dev.graft.error.GraftException;
import dev.graft.error.RestartException;
import dev.graft.error.SettingException;
import dev.graft.error.StoppedException;
import dev.graft.runtime.GpuLibraries;
import dev.graft.runtime.NativeLibrary;
import dev.graft.runtime.NativeMemory;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/** The command line's way in: finds the command, parses its options, turns errors into codes. */
public final class Main {
  private static final int DONE = 0;
  private static final int DEFECT = 1;
  private static final int MISTAKE = 2;

  /** As a shell says of what SIGINT ended. */
  static final int INTERRUPTED = 130;

  /** BSD's EX_TEMPFAIL: started again, it goes on. */
  static final int RESTART = 75;

  /** Commands that seldom or never compute: TensorFlow is loaded when they ask for it. */
  private static final Set<String> LIGHT =
      Set.of("inspect", "summary", "runs", "compare", "cache", "weights", "data", "completion");

  private static final Set<String> REPEATED = Set.of("input", "map", "set");

  private final Map<String, Command> commands = new LinkedHashMap<>();
  private final Console console;

  Main(Console console) {
    this.console = console;
    for (Command command :
        List.<Command>of(
            new TrainCommand(),
            new InspectCommand(),
            new SummaryCommand(),
            new EvaluateCommand(),
            new PredictCommand(),
            new ExplainCommand(),
            new RunsCommand(),
            new CompareCommand(),
            new ExportCommand("export"),
            new ExportCommand("convert"),
            new VerifyCommand(),
            new AdviseCommand(),
            new CacheCommand(),
            new FeaturesCommand(),
            new SparkFeaturesCommand(),
            new PreviewCommand(),
            new FetchCommand(dev.graft.fetch.Published.Kind.WEIGHTS),
            new FetchCommand(dev.graft.fetch.Published.Kind.DATA),
            new ServeCommand(),
            new DoctorCommand(),
            new CompletionCommand(this::all))) {
      commands.put(command.name(), command);
    }
  }

  /** Runs one command and ends the process with its code. */
  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(
            new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(
            new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8);
    if (arguments.length == 1 && arguments[0].equals("--version")) {
      // Asked by scripts at every turn, so nothing else is loaded for it.
      out.println("graft " + version());
      return;
    }
    NativeMemory.limit();
    Interrupt interrupt = new Interrupt();
    int code = new Main(new Console(out, err, System.getenv(), interrupt)).run(arguments);
    out.flush();
    // Native threads of TensorFlow may outlive their sessions; nothing is left to wait for. A hook
    // that waits for this end is not told of it: the signal's own code would then win now and then.
    Runtime.getRuntime().halt(code);
  }

  /** Runs one command; the result is the exit code. */
  int run(String... arguments) {
    boolean debug = Arrays.asList(arguments).contains("--debug");
    try {
      return dispatch(arguments);
    } catch (GraftException e) {
      console.clear();
      console.err().println("graft: " + e.getMessage());
      if (debug) {
        e.printStackTrace(console.err());
      }
      return e instanceof RestartException
          ? RESTART
          : e instanceof StoppedException ? INTERRUPTED : MISTAKE;
    } catch (InvalidPathException e) {
      console.clear();
      console
          .err()
          .println(
              "graft: '"
                  + e.getInput()
                  + "' cannot be a path here: "
                  + e.getReason()
                  + ". If the name is right, set LC_CTYPE=C.UTF-8.");
      return MISTAKE;
    } catch (OutOfMemoryError | TFResourceExhaustedException e) {
      console.clear();
      console
          .err()
          .println(
              "graft: out of memory: "
                  + NativeMemory.reason(e)
                  + ". Use smaller pictures or less data; in training, \"cache\": \"disk\" in the"
                  + " stage.");
      if (debug) {
        e.printStackTrace(console.err());
      }
      return MISTAKE;
    } catch (RuntimeException | Error e) {
      console.clear();
      console.err().println("graft: this is a defect of Graft: " + e);
      e.printStackTrace(console.err());
      return DEFECT;
    }
  }

  private int dispatch(String[] arguments) {
    if (arguments.length == 0 || List.of("help", "--help", "-h").contains(arguments[0])) {
      return help(List.of(arguments).subList(Math.min(1, arguments.length), arguments.length));
    }
    if (arguments[0].equals("--version")) {
      console.out().println("graft " + version());
      return DONE;
    }
    Command command = command(arguments[0]);
    Options options = Console.global();
    command.options().getOptions().forEach(options::addOption);
    String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
    if (Arrays.asList(rest).contains("--help") || Arrays.asList(rest).contains("-h")) {
      return help(List.of(command.name()));
    }
    // Natives are loaded once: those of the GPU have to be chosen before the first is.
    GpuLibraries.folder().ifPresent(GpuLibraries::use);
    CommandLine line;
    try {
      line = new DefaultParser(false).parse(options, rest);
    } catch (ParseException e) {
      throw new SettingException(
          command.name() + ": " + e.getMessage() + ". See: graft help " + command.name(), e);
    }
    refuseTwice(command.name(), line);
    if (!LIGHT.contains(command.name())) {
      NativeLibrary.loadAhead();
    }
    return command.run(line, console);
  }

  /** Of an option with one value, a second value would be passed over. */
  private static void refuseTwice(String command, CommandLine line) {
    List<String> seen = new ArrayList<>();
    for (Option option : line.getOptions()) {
      String name = option.getLongOpt() == null ? option.getOpt() : option.getLongOpt();
      if (seen.contains(name) && !REPEATED.contains(name)) {
        throw new SettingException(
            command + ": --" + name + " was given twice. Leave one of them out.");
      }
      seen.add(name);
    }
  }

  private java.util.Collection<Command> all() {
    return commands.values();
  }

  private Command command(String name) {
    Command command = commands.get(name);
    if (command == null) {
      throw new SettingException(
          "there is no command '" + name + "'." + Nearest.hint(name, commands.keySet()));
    }
    return command;
  }

  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(development build)" : version;
  }

  private int help(List<String> words) {
    PrintStream out = console.out();
    List<String> names = words.stream().filter(word -> !word.equals("--json")).toList();
    if (names.size() > 1) {
      throw new SettingException("help: expected one command, came '" + names.get(1) + "' too.");
    }
    String name = names.isEmpty() ? null : names.get(0);
    if (names.size() < words.size()) {
      out.print(Json.pretty(name == null ? new Manual(all()).json() : Manual.json(command(name))));
      return DONE;
    }
    if (name == null) {
      out.println("Graft: transfer learning on the JVM, with networks trained in Keras.\n");
      out.println("Usage: graft COMMAND [options]\n");
      commands.values().forEach(c -> out.printf("  %-14s %s%n", c.name(), c.summary()));
      out.println("\nMore on one of them: graft help COMMAND. Options that go everywhere:\n");
      print(Console.global(), out);
      return DONE;
    }
    Command command = command(name);
    out.println("Usage: graft " + command.name() + " " + command.usage() + "\n");
    out.println(command.summary() + "\n");
    print(command.options(), out);
    out.println("\nOptions that go everywhere:\n");
    print(Console.global(), out);
    out.println("\nExample:\n  " + command.example());
    return DONE;
  }

  private static void print(Options options, PrintStream out) {
    for (Option option : options.getOptions()) {
      String left = "--" + option.getLongOpt() + (option.hasArg() ? " " + option.getArgName() : "");
      out.printf("  %-24s %s%n", left, option.getDescription());
    }
  }
}
