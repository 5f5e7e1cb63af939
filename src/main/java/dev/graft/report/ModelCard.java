package dev.graft.report;

import dev.graft.files.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model card (Mitchell et al. 2019) as Markdown: what the model is, what it was made of, how good
 * it is and how sure that is, what it is not for.
 */
public final class ModelCard {
  private ModelCard() {}

  /** A class with fewer examples than this is not measured well. */
  private static final long FEW = 20;

  /** Writes {@code MODEL_CARD.md} into {@code folder}. */
  public static void write(Path folder, RunReport report) {
    AtomicFiles.string(folder.resolve("MODEL_CARD.md"), text(report, limits(report)));
  }

  /** What a user must know before relying on the model, a sentence each, as the figures show it. */
  public static List<String> limits(RunReport report) {
    List<String> limits = new ArrayList<>(Overview.warnings(report));
    for (RunReport.Outcome outcome : report.outcomes()) {
      List<String> few =
          outcome.evaluation().classes().stream()
              .filter(c -> c.support() < FEW)
              .map(Evaluation.OfClass::name)
              .toList();
      if (!few.isEmpty()) {
        limits.add(
            "Measured on fewer than "
                + FEW
                + " examples ("
                + outcome.data()
                + "): "
                + String.join(", ", few.subList(0, Math.min(10, few.size())))
                + (few.size() > 10 ? " and " + (few.size() - 10) + " more." : "."));
      }
      if (outcome.data().equals("validation")
          && report.outcomes().stream().noneMatch(o -> o.data().equals("test"))) {
        limits.add(
            "Figures are of the validation data, which may have guided the training; no test data"
                + " were kept apart.");
      }
    }
    limits.add("The figures hold for examples like those evaluated; others were not tried.");
    return List.copyOf(new LinkedHashSet<>(limits));
  }

  /** The card as text. */
  static String text(RunReport report, List<String> limits) {
    StringBuilder card = new StringBuilder();
    card.append("# ").append(safe(report.name())).append("\n\n");
    card.append(safe(report.about())).append("\n\n## Model\n\n");
    card.append(
        String.format(
            Locale.ROOT,
            "%s: %d layers, %,d parameters, of which %,d were trained in the last stage.%n",
            safe(report.model().model()),
            report.model().rows().size(),
            report.model().total(),
            report.model().trainable()));
    card.append("\n## Figures\n\n");
    if (report.outcomes().isEmpty()) {
      card.append("The model was not evaluated on examples with known answers.\n");
    }
    report.outcomes().forEach(outcome -> outcome(card, outcome));
    card.append("\n## Limits\n\n");
    limits.forEach(limit -> card.append("- ").append(safe(limit)).append('\n'));
    for (RunReport.Facts facts : report.facts()) {
      card.append("\n## ").append(safe(facts.title())).append("\n\n");
      facts.values().forEach((k, v) -> card.append("- " + safe(k) + ": " + safe(v) + "\n"));
    }
    report
        .commands()
        .forEach(
            (title, lines) ->
                card.append("\n## ")
                    .append(safe(title))
                    .append("\n\n")
                    .append(lines.lines().map(l -> "    " + l + "\n").reduce("", String::concat)));
    return card.toString();
  }

  private static void outcome(StringBuilder card, RunReport.Outcome outcome) {
    Evaluation figures = outcome.evaluation();
    card.append(
        String.format(
            Locale.ROOT,
            "`%s` on %s (%,d examples), with intervals of 95 %%:%n%n",
            outcome.output().replace("`", "'"),
            safe(outcome.data()),
            figures.examples()));
    card.append("| figure | value | interval |\n|---|---|---|\n");
    Map<String, Sureness.Figure> sure = Sureness.of(outcome);
    figures
        .metrics()
        .forEach(
            (name, value) -> {
              if (!sure.containsKey(name)) {
                row(card, name, Figures.log(name, value), "");
              }
            });
    sure.forEach(
        (name, figure) ->
            row(
                card,
                name,
                Figures.metric(figure.value()),
                Figures.metric(figure.from()) + " to " + Figures.metric(figure.to())));
    for (Evaluation.OfClass c : figures.classes()) {
      String interval = c.support() == 0 ? "" : Interval.of(c.recall(), (int) c.support()).text();
      row(card, "recall of " + c.name(), Figures.share(c.recall()), interval);
    }
    card.append('\n');
  }

  private static void row(StringBuilder card, String name, String value, String interval) {
    card.append("| " + safe(name) + " | " + value + " | " + interval + " |\n");
  }

  /** Text in which nothing is Markdown or HTML. */
  private static String safe(String text) {
    return Html.escape(text.replaceAll("([\\\\`*_\\[\\]|#])", "\\\\$1"));
  }
}
