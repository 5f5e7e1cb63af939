package dev.graft.cli;

import dev.graft.error.SettingException;
import dev.graft.scale.Cluster;
import dev.graft.scale.Patience;
import java.time.Duration;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** The options of {@code graft train} for several workers. */
final class WorkerOptions {
  private static final String WORKERS = "workers";
  private static final String RANK = "rank";
  private static final String JOIN = "join-timeout";
  private static final String STEP = "step-timeout";

  private WorkerOptions() {}

  static void into(Options options) {
    options.addOption(
        Console.value(
            WORKERS,
            "ADDRESSES",
            "host:port of every worker, as in a:2222,b:2222 (experimental: a private network only,"
                + " nothing is encrypted; see docs/scaling.md). The same command on each, but for"
                + " --rank; worker 0 alone writes"));
    options.addOption(Console.value(RANK, "I", "which of the workers this process is, from 0"));
    options.addOption(
        Console.value(
            JOIN, "TIME", "how long workers wait for each other between steps (default 10m)"));
    options.addOption(
        Console.value(
            STEP, "TIME", "how long a step, or a worker's silence, may last (default 1m)"));
  }

  /** The workers asked for. */
  static Cluster of(CommandLine line, Console console) {
    if (!line.hasOption(WORKERS)) {
      for (String needs : new String[] {RANK, JOIN, STEP}) {
        if (line.hasOption(needs)) {
          throw new SettingException(
              "--" + needs + ": it is about several workers. Give --workers host:port,… too.");
        }
      }
      return Cluster.ALONE;
    }
    if (!line.hasOption(RANK)) {
      throw new SettingException(
          "--workers: which one is this? Give each process its own --rank, from 0.");
    }
    if (line.hasOption(RateOptions.FIND)) {
      throw new SettingException(
          "--" + RateOptions.FIND + ": one process looks for a rate. Leave --workers out.");
    }
    if (line.hasOption("device") && !line.getOptionValue("device").equals("cpu")) {
      throw new SettingException(
          "--device: several workers train on the CPU only. Leave --workers or --device out.");
    }
    if (!line.getOptionValue("precision", "float32").equals("float32")) {
      throw new SettingException(
          "--precision: several workers train in float32 only. Leave --workers or it out.");
    }
    Cluster cluster =
        new Cluster(
            Cluster.addresses(line.getOptionValue(WORKERS)),
            Math.toIntExact(Console.whole(line, RANK, 0)),
            new Patience(
                span(line, JOIN, Patience.USUAL.join()), span(line, STEP, Patience.USUAL.step())),
            reason -> {
              console.clear();
              console.err().println("graft: " + reason);
              console.err().flush();
              Runtime.getRuntime().halt(Main.RESTART);
            });
    cluster.checkPort();
    return cluster;
  }

  private static Duration span(CommandLine line, String option, Duration absent) {
    return line.hasOption(option) ? Spans.of(line, option) : absent;
  }
}
