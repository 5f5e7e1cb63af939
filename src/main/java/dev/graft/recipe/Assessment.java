package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Examples;
import dev.graft.data.Labels;
import dev.graft.export.Scores;
import dev.graft.keras.CompileSettings;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.progress.Progress;
import dev.graft.report.Evaluation;
import dev.graft.report.Predictions;
import dev.graft.train.Additions;
import dev.graft.train.Objective;
import dev.graft.train.Scoring;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How good a model is on examples with known answers: Keras's evaluate, and figures by class. */
public final class Assessment {
  private Assessment() {}

  /**
   * The objective a model was compiled with; where its file says nothing, the loss follows the last
   * activation.
   */
  public static Objective objective(LoadedModel loaded, Labels labels) {
    CompileSettings compile = loaded.compile();
    Map<String, Object> stage = new LinkedHashMap<>();
    if (compile != null && compile.loss() != null) {
      stage.put("loss", compile.loss());
      stage.put("metrics", compile.metrics());
      stage.put("loss_weights", compile.lossWeights());
    } else {
      stage.put("loss", usualLoss(loaded.model(), labels));
      stage.put("metrics", List.of("accuracy"));
    }
    return ObjectiveReader.read(
        Config.of(stage, "the model's compile settings"),
        loaded.model(),
        Additions.NONE,
        loaded.generation());
  }

  /** How labels reach the loss of the first output. */
  public static Labels labels(Objective objective) {
    return DataReader.labels(objective.outputs().get(0).loss());
  }

  private static String usualLoss(Model model, Labels labels) {
    Spec output = model.specs().get(model.outputs().get(0));
    if (Scores.of(model).isEmpty()) {
      return labels == Labels.REGRESSION ? "mean_squared_error" : "sparse_categorical_crossentropy";
    }
    return output.size(-1) == 1 || labels == Labels.MULTI_LABEL
        ? "binary_crossentropy"
        : labels == Labels.CATEGORICAL
            ? "categorical_crossentropy"
            : "sparse_categorical_crossentropy";
  }

  /**
   * What a model said, and how good that is.
   *
   * @param output the layer that said it
   * @param said null when it is too much to keep, or no answer for each example
   */
  public record Result(String output, Predictions said, Evaluation evaluation) {}

  /** Runs {@code network} over all of {@code examples}, once; one result an output. */
  public static List<Result> of(
      Network network, Examples examples, Objective objective, Progress progress) {
    return of(network, network.inference(), examples, objective, progress);
  }

  /**
   * As the other form, along {@code path}, which may begin behind the frozen part when {@code
   * examples} are kept features.
   */
  static List<Result> of(
      Network network, Path path, Examples examples, Objective objective, Progress progress) {
    Model model = network.model();
    List<Answers> all = new ArrayList<>();
    for (int i = 0; i < model.outputs().size(); i++) {
      all.add(Answers.of(model, i, examples));
    }
    int[] row = {0};
    progress.on(new Progress.PhaseStarted("evaluating", examples.size(), "examples"));
    Map<String, Double> metrics =
        new dev.graft.train.Evaluation(network, new Scoring(network, path, objective))
            .score(
                examples,
                batch(examples),
                (batch, outputs) -> {
                  for (int i = 0; i < outputs.size(); i++) {
                    all.get(i).add(row[0], outputs.get(i), batch.targets().get(i));
                  }
                  row[0] += batch.size();
                  progress.on(new Progress.Advanced(row[0], Map.of()));
                });
    progress.on(new Progress.PhaseEnded());
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Labels labels = DataReader.labels(objective.outputs().get(i).loss());
      Predictions said = all.get(i).predictions(examples, labels);
      results.add(
          new Result(
              model.outputs().get(i).layer(),
              said,
              said == null
                  ? Evaluation.only(examples.size(), metrics)
                  : Evaluation.of(said, metrics)));
    }
    return results;
  }

  /** Examples a run: as many as fit into the memory of eight colour pictures of 224 pixels. */
  private static int batch(Examples examples) {
    long elements = Math.max(1, examples.inputs().get(0).spec().perExample());
    return (int) Math.max(1, Math.min(64, 8L * 224 * 224 * 3 / elements));
  }
}
