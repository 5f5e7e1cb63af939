package dev.graft.report;

import dev.graft.files.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A model card (Mitchell et al. 2019) as Markdown: what the model is, what it was made of, how good
 * it is and how sure that is, what it is not for.
 */
public final class ModelCard {
  private ModelCard() {}

  /**
   * Writes {@code MODEL_CARD.md} into {@code folder}.
   *
   * @param limits what a user must know, a sentence each; the card adds what the figures show
   */
  public static void write(Path folder, RunReport report, List<String> limits) {
    AtomicFiles.string(folder.resolve("MODEL_CARD.md"), text(report, limits));
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
    Overview.warnings(report).forEach(w -> card.append("- ").append(safe(w)).append('\n'));
    limits.forEach(limit -> card.append("- ").append(safe(limit)).append('\n'));
    card.append("- The figures hold for examples like those evaluated; others were not tried.\n");
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
    figures
        .metrics()
        .forEach(
            (name, value) -> {
              boolean share = name.equals("accuracy") && figures.examples() > 0;
              String interval = share ? Interval.of(value, figures.examples()).text() : "";
              row(card, name, Figures.log(name, value), interval);
            });
    for (Evaluation.OfNumber n : figures.numbers()) {
      row(card, "mean absolute error of " + n.name(), Figures.metric(n.mae()), "");
      row(card, "root mean squared error of " + n.name(), Figures.metric(n.rmse()), "");
    }
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
