package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Examples;
import dev.graft.data.Labels;
import dev.graft.error.SettingException;
import dev.graft.export.Scores;
import dev.graft.keras.CompileSettings;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.progress.Progress;
import dev.graft.report.Evaluation;
import dev.graft.report.Predictions;
import dev.graft.runtime.Tensors;
import dev.graft.train.Additions;
import dev.graft.train.Objective;
import dev.graft.train.Scoring;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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

  /** What a model said, and how good that is. */
  public record Result(Predictions said, Evaluation evaluation) {}

  /** Runs {@code network} over all of {@code examples}, once. */
  public static Result of(
      Network network, Examples examples, Objective objective, Progress progress) {
    return of(network, network.inference(), examples, objective, progress);
  }

  /**
   * As the other form, along {@code path}, which may begin behind the frozen part when {@code
   * examples} are kept features.
   */
  static Result of(
      Network network, Path path, Examples examples, Objective objective, Progress progress) {
    long width = network.model().specs().get(network.model().outputs().get(0)).perExample();
    float[] values = new float[Math.toIntExact(examples.size() * width)];
    int each = Math.toIntExact(Math.max(1, examples.targets().get(0).spec().perExample()));
    float[] targets = new float[examples.size() * each];
    int[] row = {0};
    progress.on(new Progress.PhaseStarted("evaluating", examples.size(), "examples"));
    Map<String, Double> metrics =
        new dev.graft.train.Evaluation(network, new Scoring(network, path, objective))
            .score(
                examples,
                batch(examples),
                (batch, output) -> {
                  float[] answers = Tensors.read(batch.targets().get(0));
                  System.arraycopy(output, 0, values, (int) (row[0] * width), output.length);
                  System.arraycopy(answers, 0, targets, row[0] * each, answers.length);
                  row[0] += batch.size();
                  progress.on(new Progress.Advanced(row[0], Map.of()));
                });
    progress.on(new Progress.PhaseEnded());
    Predictions said = predictions(network.model(), examples, labels(objective), values, targets);
    return new Result(said, Evaluation.of(said, metrics));
  }

  /** Examples a run: as many as fit into the memory of eight colour pictures of 224 pixels. */
  private static int batch(Examples examples) {
    long elements = Math.max(1, examples.inputs().get(0).spec().perExample());
    return (int) Math.max(1, Math.min(64, 8L * 224 * 224 * 3 / elements));
  }

  private static Predictions predictions(
      Model model, Examples examples, Labels labels, float[] values, float[] targets) {
    List<String> classes = examples.classes();
    int width = values.length / examples.size();
    if (labels == Labels.REGRESSION || classes.isEmpty()) {
      List<String> names =
          width == 1
              ? List.of("output")
              : IntStream.range(0, width).mapToObj(i -> "output " + i).toList();
      return new Predictions(Predictions.Kind.NUMBERS, names, targets, values);
    }
    if (labels == Labels.MULTI_LABEL) {
      return new Predictions(Predictions.Kind.LABELS, classes, targets, values);
    }
    int[] truth = IntStream.range(0, examples.size()).map(examples::label).toArray();
    if (width == 1 && classes.size() == 2) {
      return Predictions.binary(classes, truth, values);
    }
    if (width != classes.size()) {
      throw new SettingException(
          "model '"
              + model.name()
              + "' has "
              + width
              + " outputs, the data has "
              + classes.size()
              + " classes: "
              + String.join(", ", classes)
              + ". Use the data's own model.");
    }
    return Predictions.classes(classes, truth, values);
  }
}
