package dev.graft.cli;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.recipe.Experiment;
import dev.graft.report.RateCurve;
import dev.graft.train.RateSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft train --find-lr}: looks for a learning rate instead of training. */
final class RateOptions {
  static final String FIND = "find-lr";
  private static final String FROM = "find-lr-from";
  private static final String TO = "find-lr-to";
  private static final String STEPS = "find-lr-steps";

  private RateOptions() {}

  static void into(Options options) {
    options.addOption(
        Console.flag(FIND, "look for a learning rate for the first stage instead of training"));
    options.addOption(Console.value(FROM, "RATE", "the lowest rate looked at (default 1e-7)"));
    options.addOption(Console.value(TO, "RATE", "the highest (default 10)"));
    options.addOption(Console.value(STEPS, "N", "steps from the one to the other (default 100)"));
  }

  /** Searches, and writes the curve into {@code place}. */
  static int search(CommandLine line, Experiment experiment, Path place, Console console) {
    RateSearch.Range usual = RateSearch.Range.USUAL;
    RateSearch.Curve curve =
        experiment.findRate(
            new RateSearch.Range(
                number(line, FROM, usual.from()),
                number(line, TO, usual.to()),
                (int) Math.min(Integer.MAX_VALUE, Console.whole(line, STEPS, usual.steps()))));
    try {
      Files.createDirectories(place);
    } catch (IOException e) {
      throw new DataException(place + ": no such folder can be made: " + e.getMessage(), e);
    }
    boolean drawn = RateCurve.write(curve, place);
    String file = place.resolve("learning_rate" + (drawn ? ".svg" : ".csv")).toString();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sentence", RateCurve.sentence(curve));
    json.put("curve", file);
    console.tell(line, json, List.of(RateCurve.sentence(curve), "Curve: " + file));
    return 0;
  }

  private static double number(CommandLine line, String option, double absent) {
    String text = line.getOptionValue(option);
    try {
      return text == null ? absent : Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new SettingException("--" + option + ": expected a number, came '" + text + "'.", e);
    }
  }
}
