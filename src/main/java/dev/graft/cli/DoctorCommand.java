package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.doctor.Doctor;
import dev.graft.doctor.Report;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft doctor}: what this machine can do. */
final class DoctorCommand implements Command {
  private static final int BROKEN = 2;

  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public String summary() {
    return "Says what this machine can do: devices, libraries, memory; tries a convolution on"
        + " each.";
  }

  @Override
  public String usage() {
    return "[--device gpu:0] [--json]";
  }

  @Override
  public String example() {
    return "graft doctor --device gpu:0";
  }

  @Override
  public Options options() {
    return new Options().addOption(Console.json());
  }

  @Override
  public int run(CommandLine line, Console console) {
    String device = line.getOptionValue("device");
    Report report = new Doctor(console.places(null, null), device, console.environment()).examine();
    if (line.hasOption("json")) {
      console.out().print(Json.pretty(report.json()));
    } else {
      report.lines().forEach(console.out()::println);
    }
    return report.well() ? 0 : BROKEN;
  }
}
