package dev.graft.report;

import dev.graft.model.Summary;
import dev.graft.train.History;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything the page of a run tells.
 *
 * @param name of the run
 * @param about one or two sentences: what was trained on what
 * @param ending how it ended
 * @param history epochs of all stages; may be empty
 * @param model the trained model, with the freezing of its last stage
 * @param network the model as a picture, an SVG file
 * @param outcomes how good each output is on data kept apart; empty when the run did not get there
 * @param times where the seconds went
 * @param facts data, weights, settings, hashes, versions
 * @param commands what to do next: a title, and lines for a shell
 */
public record RunReport(
    String name,
    String about,
    Ending ending,
    History history,
    Summary model,
    String network,
    List<Outcome> outcomes,
    List<Time> times,
    List<Facts> facts,
    Map<String, String> commands) {
  /** The title of the facts that stand beside the learning curves. */
  public static final String STAGES = "Stages";

  /** The same, saying why the run did not get to its end; {@code reason} may be null. */
  public RunReport because(String reason) {
    String more = reason == null ? about : about + " It ended with: " + reason;
    return new RunReport(
        name, more, ending, history, model, network, outcomes, times, facts, commands);
  }

  /** How a run ended. */
  public enum Ending {
    FINISHED,
    STOPPED,
    INTERRUPTED,
    FAILED
  }

  /** Copies the collections. */
  public RunReport {
    outcomes = List.copyOf(outcomes);
    times = List.copyOf(times);
    facts = List.copyOf(facts);
    commands = Collections.unmodifiableMap(new LinkedHashMap<>(commands));
  }

  /**
   * How good one output is.
   *
   * @param output the output's name
   * @param data which examples: {@code validation}, {@code test}
   * @param said what the model said of them
   * @param evaluation the figures
   * @param examples to show some of them
   */
  public record Outcome(
      String output, String data, Predictions said, Evaluation evaluation, Sights examples) {}

  /** Shows examples by their row in the {@link Predictions}. */
  public interface Sights {
    /** What a person would call example {@code row}. */
    String name(int row);

    /** Example {@code row} to look at, or null when it is no picture. */
    BufferedImage picture(int row);
  }

  /** Seconds that went into one kind of work: decode, trunk, head, validation. */
  public record Time(String what, double seconds) {}

  /** A titled list of names and values. */
  public record Facts(String title, Map<String, String> values) {
    /** Copies the map. */
    public Facts {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }
}
