package dev.graft.advise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Figures, and what follows from them.
 *
 * @param amount of data
 * @param probes from the pictures to the last layer
 */
public record Advice(Amount amount, List<Measurement> probes) {
  /** From so many examples in all, and a class, data counts as much. */
  private static final int MUCH = 10_000;

  private static final int MUCH_A_CLASS = 500;

  /**
   * How much data there is.
   *
   * @param examples in all
   * @param classes how many
   * @param fewest examples of the smallest class
   * @param sampled how many were probed
   * @param chance accuracy of always guessing the largest class of the sample
   */
  public record Amount(int examples, int classes, int fewest, int sampled, double chance) {
    /** True when there is enough to train a whole network on. */
    public boolean much() {
      return examples >= MUCH && fewest >= MUCH_A_CLASS;
    }
  }

  /** Copies the list. */
  public Advice {
    probes = List.copyOf(probes);
  }

  /** The best depth of the trunk, the pictures themselves left out. */
  public Measurement best() {
    return trunk().stream()
        .max(java.util.Comparator.comparingDouble(Measurement::accuracy))
        .orElseThrow();
  }

  private List<Measurement> trunk() {
    return probes.stream().filter(p -> !p.layer().equals(Measurement.PIXELS)).toList();
  }

  private Measurement deepest() {
    return probes.get(probes.size() - 1);
  }

  private Measurement pixels() {
    return probes.get(0);
  }

  /** True when something tells the classes apart better than guessing does. */
  public boolean learnable() {
    return probes.stream()
        .anyMatch(probe -> probe.accuracy() - amount.chance() > 4 * probe.error());
  }

  /**
   * True when the data is like the trunk's: the deepest features, which are made for its own
   * classes, serve here as well as any before them.
   */
  public boolean similar() {
    return !best().beats(deepest().accuracy());
  }

  /** True when features of the trunk serve better than the pictures themselves. */
  public boolean pretrainedHelps() {
    return best().beats(pixels().accuracy());
  }

  /** What to do. */
  public Scenario scenario() {
    if (!learnable()) {
      return Scenario.NONE;
    }
    if (similar()) {
      return amount.much() ? Scenario.FINE_TUNE : Scenario.EXTRACTOR;
    }
    return amount.much() ? Scenario.TRAIN_ALL : Scenario.TRUNCATED;
  }

  /** The advice for people, the table of figures first. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d examples, %d classes, %d in the smallest; %d probed, chance %.3f%n%n",
            amount.examples(),
            amount.classes(),
            amount.fewest(),
            amount.sampled(),
            amount.chance()));
    text.append(
        String.format(Locale.ROOT, "%-24s %8s  %s%n", "linear probe at", "features", "accuracy"));
    for (Measurement probe : probes) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-24s %8d  %.3f +- %.3f%s%n",
              probe.layer(),
              probe.features(),
              probe.accuracy(),
              probe.error(),
              probe.equals(best()) ? "  best of the trunk" : ""));
    }
    text.append('\n');
    reasons().forEach(reason -> text.append(reason).append('\n'));
    text.append("Advice: ").append(scenario().what()).append(".\n");
    return text.toString();
  }

  private List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    if (!learnable()) {
      reasons.add(
          "No probe is surely better than guessing: the labels look random, or the pictures do not"
              + " show what they name. Look at the labels first.");
      return reasons;
    }
    reasons.add(
        amount.much()
            ? "Much data: at least " + MUCH + " examples, " + MUCH_A_CLASS + " in each class."
            : "Little data: fewer than "
                + MUCH
                + " examples, or than "
                + MUCH_A_CLASS
                + " in some class.");
    String last = String.format(Locale.ROOT, "(%s, %.3f)", deepest().layer(), deepest().accuracy());
    String earlier = String.format(Locale.ROOT, "(%s, %.3f)", best().layer(), best().accuracy());
    reasons.add(
        similar()
            ? "Like the trunk's own data: its last features "
                + last
                + " serve as well as any before them."
            : "Little like the trunk's own data: its last features "
                + last
                + " serve worse than earlier ones "
                + earlier
                + ".");
    if (scenario() == Scenario.TRAIN_ALL) {
      reasons.addAll(readings());
    }
    return reasons;
  }

  /** For much data that is little like the trunk's there are two schools. */
  private List<String> readings() {
    return List.of(
        "Two readings: start from the pretrained weights and train all of them, or start from"
            + " scratch.",
        String.format(
            Locale.ROOT,
            pretrainedHelps()
                ? "The figures favour the pretrained weights: at %s they tell more (%.3f) than the"
                    + " pictures alone (%.3f)."
                : "The figures favour starting from scratch: no depth tells surely more (%s, %.3f)"
                    + " than the pictures alone (%.3f).",
            best().layer(),
            best().accuracy(),
            pixels().accuracy()));
  }

  /** The same as plain data, for JSON. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("examples", amount.examples());
    json.put("classes", amount.classes());
    json.put("fewest_in_a_class", amount.fewest());
    json.put("sampled", amount.sampled());
    json.put("chance", amount.chance());
    json.put("probes", probes.stream().map(Measurement::json).toList());
    json.put("learnable", learnable());
    json.put("much_data", amount.much());
    json.put("similar", similar());
    json.put("pretrained_helps", pretrainedHelps());
    json.put("scenario", scenario().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.put("reasons", reasons());
    return json;
  }
}
