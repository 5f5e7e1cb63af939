package dev.graft.recipe;

import dev.graft.config.Json;
import dev.graft.data.Batch;
import dev.graft.data.Examples;
import dev.graft.data.Preprocessing;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.model.Summary;
import dev.graft.network.FrozenPart;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.progress.Progress;
import dev.graft.report.Picture;
import dev.graft.report.RunReport;
import dev.graft.report.RunReport.Facts;
import dev.graft.report.RunReport.Outcome;
import dev.graft.report.RunReport.Sights;
import dev.graft.report.RunReport.Time;
import dev.graft.runtime.Tensors;
import dev.graft.runtime.Versions;
import dev.graft.train.FeatureCache;
import dev.graft.train.History;
import dev.graft.train.Objective;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers what the page of a run tells. */
final class RunReporter {
  private final Recipe recipe;
  private final Network network;
  private final FeatureCache features;

  RunReporter(Recipe recipe, Network network, FeatureCache features) {
    this.recipe = recipe;
    this.network = network;
    this.features = features;
  }

  RunReport report(History history, RunReport.Ending ending, RunFolder folder) {
    Summary summary = Summary.of(network.model());
    return new RunReport(
        recipe.name(),
        recipe.opening(),
        ending,
        history,
        summary,
        outcomes(),
        times(history),
        facts(),
        commands(folder));
  }

  private List<Outcome> outcomes() {
    List<Outcome> outcomes = new ArrayList<>();
    add(outcomes, "validation", recipe.data().validation());
    add(outcomes, "test", recipe.data().test());
    return outcomes;
  }

  private void add(List<Outcome> outcomes, String name, Examples examples) {
    if (examples == null || network.model().outputs().size() != 1) {
      return;
    }
    Objective objective = recipe.stages().get(recipe.stages().size() - 1).stage().objective();
    // What the frozen part made of these examples is there already when training kept it.
    Examples kept = features.find(network, examples);
    List<Ref> from = kept == null ? network.model().inputs() : FrozenPart.border(network.model());
    Path path = network.path(Path.Mode.INFERENCE, from, network.model().outputs());
    Assessment.Result result =
        Assessment.of(network, path, kept == null ? examples : kept, objective, Progress.NONE);
    outcomes.add(
        new Outcome(
            network.model().outputs().get(0).layer(),
            name,
            result.said(),
            result.evaluation(),
            sights(examples)));
  }

  private Sights sights(Examples examples) {
    Spec input = examples.inputs().get(0).spec();
    Preprocessing how = recipe.data().how().image();
    boolean pictures = input.rank() == 4 && (input.size(3) == 1 || input.size(3) == 3);
    boolean caffe =
        how != null && dev.graft.data.Mode.of(how.preprocess()) == dev.graft.data.Mode.CAFFE;
    return new Sights() {
      @Override
      public String name(int row) {
        return examples.name(row);
      }

      @Override
      public Picture picture(int row) {
        if (!pictures) {
          return null;
        }
        try (Batch batch = examples.batch(new int[] {row}, -1)) {
          long[] shape = batch.inputs().get(0).shape().asArray();
          return Picture.ofInput(
              Tensors.read(batch.inputs().get(0)), (int) shape[1], (int) shape[2], caffe);
        }
      }
    };
  }

  private static List<Time> times(History history) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (History.Epoch epoch : history.epochs()) {
      seconds.merge("epochs of " + epoch.stage(), epoch.seconds(), Double::sum);
    }
    List<Time> times = new ArrayList<>();
    seconds.forEach((what, sum) -> times.add(new Time(what, sum)));
    return times;
  }

  private List<Facts> facts() {
    Map<String, String> data = new LinkedHashMap<>();
    Map<?, ?> sources = (Map<?, ?>) recipe.resolved().get("data");
    for (String part : List.of("train", "validation", "test", "image")) {
      if (sources.containsKey(part)) {
        data.put(part, Json.compact(sources.get(part)));
      }
    }
    Map<String, String> weights = new LinkedHashMap<>();
    java.nio.file.Path file = recipe.start().weights().file();
    weights.put("file", file == null ? "none: all weights were initialised" : file.toString());
    if (file != null) {
      weights.put("sha256", dev.graft.files.Sha256.of(file));
    }
    Map<String, String> settings = new LinkedHashMap<>(Versions.all());
    settings.put("seed", Long.toString(recipe.seed()));
    return List.of(
        new Facts("Data", data), new Facts("Weights", weights), new Facts("Versions", settings));
  }

  private static Map<String, String> commands(RunFolder folder) {
    Map<String, String> commands = new LinkedHashMap<>();
    commands.put("Train it again", "graft train " + folder.file(RunFolder.RECIPE) + " --out again");
    commands.put("Ask it about a photo", "graft predict " + folder.path() + " photo.jpg");
    commands.put(
        "Serve it",
        "docker run -p 8501:8501 -v \"$PWD/"
            + folder.path()
            + "/saved_model:/models/model\" tensorflow/serving");
    return commands;
  }
}
