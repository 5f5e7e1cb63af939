package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.fetch.Places;
import dev.graft.layers.Layers;
import dev.graft.progress.Progress;
import dev.graft.recipe.Surroundings;
import dev.graft.report.ConsoleProgress;
import dev.graft.runtime.Devices;
import dev.graft.runtime.GpuLibraries;
import dev.graft.runtime.KernelThreads;
import dev.graft.runtime.Settings;
import dev.graft.train.Additions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/**
 * What every command talks to: the two streams, the working folder, the environment, and the
 * options that go everywhere.
 */
record Console(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Interrupt interrupt,
    List<ConsoleProgress> listening) {
  /** A console on which nothing is shown yet. */
  Console(PrintStream out, PrintStream err, Map<String, String> environment, Interrupt interrupt) {
    this(out, err, environment, interrupt, new ArrayList<>());
  }

  /** Takes the bar away, so that what is printed next begins on a line of its own. */
  void clear() {
    listening.forEach(ConsoleProgress::close);
  }

  /** The options that every command takes. */
  static Options global() {
    Options options = new Options();
    options.addOption(Option.builder().longOpt("debug").desc("show the stack of an error").get());
    options.addOption(Option.builder().longOpt("quiet").desc("no progress on stderr").get());
    options.addOption(number("seed", "seed of everything random (default: the recipe's, or 42)"));
    options.addOption(number("threads", "threads within one operation (default: all processors)"));
    options.addOption(
        Option.builder()
            .longOpt("precision")
            .hasArg()
            .argName("P")
            .desc("float32 (default), bfloat16 or float16")
            .get());
    options.addOption(
        Option.builder().longOpt("device").hasArg().argName("D").desc("cpu or gpu:0").get());
    options.addOption(
        number("gpu-memory", "MiB of the GPU's memory to take at most (default: it grows)"));
    options.addOption(Option.builder("h").longOpt("help").desc("this text").get());
    return options;
  }

  private static Option number(String name, String text) {
    return Option.builder().longOpt(name).hasArg().argName("N").desc(text).get();
  }

  /** An option with a value. */
  static Option value(String name, String argument, String text) {
    return Option.builder().longOpt(name).hasArg().argName(argument).desc(text).get();
  }

  /** An option with a value that may be given several times. */
  static Option values(String name, String argument, String text) {
    return Option.builder().longOpt(name).hasArg().argName(argument).desc(text).get();
  }

  /** An option without a value. */
  static Option flag(String name, String text) {
    return Option.builder().longOpt(name).desc(text).get();
  }

  /** {@code --json}: the answer as one JSON document, and nothing else on standard output. */
  static Option json() {
    return flag("json", "the answer as one JSON document on stdout");
  }

  /** Tells what came out: as JSON where that is asked for, else as {@code lines}. */
  void tell(CommandLine line, Object json, List<String> lines) {
    if (line.hasOption("json")) {
      out.print(Json.pretty(json));
    } else {
      lines.forEach(out::println);
    }
  }

  /** The whole number after {@code --name}, or {@code absent}. */
  static long whole(CommandLine line, String name, long absent) {
    if (!line.hasOption(name)) {
      return absent;
    }
    try {
      return Long.parseLong(line.getOptionValue(name));
    } catch (NumberFormatException e) {
      throw new SettingException(
          "--" + name + ": expected a whole number, came '" + line.getOptionValue(name) + "'.");
    }
  }

  /** The whole number of at least 1 after {@code --name}, or {@code absent}. */
  static int count(CommandLine line, String name, int absent) {
    if (!line.hasOption(name)) {
      return absent;
    }
    long count = whole(line, name, 1);
    if (count < 1 || count > Integer.MAX_VALUE) {
      throw new SettingException(
          "--" + name + ": expected a whole number of at least 1, came " + count + ".");
    }
    return (int) count;
  }

  /** How sessions run, from {@code --threads}, {@code --device} and {@code --precision}. */
  Settings settings(CommandLine line) {
    Settings standard = Settings.standard();
    String precision = line.getOptionValue("precision", "float32");
    Settings.Precision chosen = null;
    for (Settings.Precision p : Settings.Precision.values()) {
      chosen = p.name().toLowerCase(Locale.ROOT).equals(precision) ? p : chosen;
    }
    if (chosen == null) {
      throw new SettingException(
          "--precision: expected float32, bfloat16 or float16, came '" + precision + "'.");
    }
    int threads = Math.toIntExact(whole(line, "threads", standard.threads()));
    // Before the devices are looked at, which makes the threads.
    KernelThreads.want(Math.max(1, threads));
    return new Settings(
        threads, device(line), chosen, Math.toIntExact(whole(line, "gpu-memory", 0)));
  }

  /** The device asked for; else the GPU where its libraries were, and said aloud if it is none. */
  private String device(CommandLine line) {
    String device = line.getOptionValue("device");
    if (device != null) {
      if (!device.equals("cpu") && !device.matches("gpu:\\d{1,3}")) {
        throw new SettingException("--device: expected cpu or gpu:0, came '" + device + "'.");
      }
      Devices.demand(device);
      return device;
    }
    if (!GpuLibraries.active()) {
      return "cpu";
    }
    if (Devices.gpu()) {
      return "gpu:0";
    }
    err.println("graft: no GPU, this runs on the CPU: " + Devices.whyNone());
    return "cpu";
  }

  /** Where named data and weights are looked for. */
  Places places(Path data, Path weights) {
    String home = System.getProperty("graft.home");
    return Places.standard(data, weights, home == null ? null : Path.of(home), environment);
  }

  /** All that a run needs from outside its recipe. */
  Surroundings surroundings(CommandLine line, Path data, Path weights) {
    return new Surroundings(
        places(data, weights),
        settings(line),
        Layers.standard(),
        Additions.NONE,
        progress(line),
        interrupt);
  }

  /** Who listens to long work: a bar on a terminal, a line an epoch elsewhere. */
  Progress progress(CommandLine line) {
    ConsoleProgress progress = ConsoleProgress.of(err, environment, line.hasOption("quiet"));
    listening.add(progress);
    return progress;
  }
}
