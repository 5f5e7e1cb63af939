package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.fetch.Places;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.layers.Layers;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import dev.graft.train.Additions;
import dev.graft.train.History;
import dev.graft.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small recipes over arrays in a folder, run in this process. */
final class Lab {
  static final int ROWS = 24;
  private static final int[] NEVER = {Integer.MAX_VALUE};

  final Path folder;
  final List<Progress.Event> heard = new ArrayList<>();
  Additions additions = Additions.NONE;

  Lab(Path folder) {
    this.folder = folder;
    Random random = new Random(5);
    float[] x = new float[ROWS * 36];
    int[] y = new int[ROWS];
    for (int row = 0; row < ROWS; row++) {
      y[row] = row % 3;
      for (int i = 0; i < 36; i++) {
        x[row * 36 + i] = (float) random.nextGaussian() * 0.5f + (i % 3 == y[row] ? 1 : 0);
      }
    }
    save("x.npy", NpyArray.of(new long[] {ROWS, 6, 6, 1}, x));
    save("y.npy", NpyArray.of(new long[] {ROWS}, y));
  }

  void save(String name, NpyArray array) {
    NpyWriter.save(folder.resolve(name), array);
  }

  /** A recipe with these stages on all rows, a dropout among its layers. */
  Map<String, Object> recipe(String stages) {
    return recipe(
        """
        ["Flatten", {"Dense": {"units": 6, "activation": "relu"}}, {"Dropout": {"rate": 0.3}},
         {"Dense": {"units": "classes", "activation": "softmax"}}]
        """,
        stages);
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> recipe(String layers, String stages) {
    String text =
        """
        {"graft": 1, "name": "lab", "seed": 3, "model": {"layers": LAYERS},
         "data": {"train": {"npy": ["x.npy", "y.npy"]}}, "stages": STAGES, "export": []}
        """
            .replace("LAYERS", layers)
            .replace("STAGES", stages);
    return new LinkedHashMap<>((Map<String, Object>) Config.parse(text, "lab").plain());
  }

  /** What a run came to. */
  record Outcome(History history, Map<String, float[]> weights, Trainer.End end) {}

  Outcome run(Map<String, Object> recipe) {
    return run(recipe, null, NEVER, false);
  }

  /** Runs in a run folder, interrupted after so many steps. */
  Outcome run(Map<String, Object> recipe, Path out, int[] steps, boolean resume) {
    int[] left = steps.clone();
    Surroundings around = around(() -> --left[0] <= 0);
    try (Recipe read = read(recipe, around);
        Experiment experiment = new Experiment(read, around)) {
      if (out == null) {
        experiment.run();
      } else {
        RunFolder.Present present = resume ? RunFolder.Present.RESUME : RunFolder.Present.REFUSE;
        experiment.run(RunFolder.open(out, present), resume);
      }
      return new Outcome(experiment.history(), experiment.network().weights(), experiment.end());
    }
  }

  Recipe read(Map<String, Object> recipe) {
    return read(recipe, around(() -> false));
  }

  private Recipe read(Map<String, Object> recipe, Surroundings around) {
    return Recipe.read(RecipeFile.of(recipe, folder, "lab.json"), folder.resolve("out"), around);
  }

  private Surroundings around(java.util.function.BooleanSupplier interrupted) {
    return new Surroundings(
        Places.standard(null, null, null, Map.of()),
        new Settings(1, "cpu", Settings.Precision.FLOAT32),
        Layers.standard(),
        additions,
        heard::add,
        interrupted);
  }
}
