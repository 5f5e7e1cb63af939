package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.RealKeras;
import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.files.AtomicFiles;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.keras.CompileSettings;
import dev.graft.keras.KerasFile;
import dev.graft.keras.KerasWriter;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.OptimizerState;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training begun in Graft goes on in real Keras with the losses Graft would have had, and the other
 * way round, for every optimizer: in Keras 3 by way of {@code .keras}, in tf_keras of {@code .h5}.
 */
@Tag("python")
class OptimizerRoundTripTest {
  private static final int BATCH = 8;
  private static final int STEPS = 6;
  private static final double TOLERANCE = 1e-4;
  private static final String LAYERS =
      "[{\"Conv2D\": {\"name\": \"conv\", \"filters\": 3, \"kernel_size\": 3}},"
          + " {\"BatchNormalization\": {\"name\": \"bn\", \"momentum\": 0.9}},"
          + " {\"Flatten\": {\"name\": \"flat\"}},"
          + " {\"Dense\": {\"name\": \"wide\", \"units\": 5, \"activation\": \"tanh\"}},"
          + " {\"Dense\": {\"name\": \"out\", \"units\": 3, \"activation\": \"softmax\"}}]";

  private static final Map<String, String> OPTIMIZERS = new LinkedHashMap<>();

  static {
    OPTIMIZERS.put("sgd", "{\"SGD\": {\"learning_rate\": 0.05}}");
    OPTIMIZERS.put("momentum", "{\"SGD\": {\"learning_rate\": 0.05, \"momentum\": 0.9}}");
    OPTIMIZERS.put("adam", "{\"Adam\": {\"learning_rate\": 0.01}}");
    OPTIMIZERS.put("amsgrad", "{\"Adam\": {\"learning_rate\": 0.01, \"amsgrad\": true}}");
    OPTIMIZERS.put("adamw", "{\"AdamW\": {\"learning_rate\": 0.01, \"weight_decay\": 0.02}}");
    OPTIMIZERS.put("nadam", "{\"Nadam\": {\"learning_rate\": 0.01}}");
    OPTIMIZERS.put("adamax", "{\"Adamax\": {\"learning_rate\": 0.01}}");
    OPTIMIZERS.put("adagrad", "{\"Adagrad\": {\"learning_rate\": 0.05}}");
    OPTIMIZERS.put("adadelta", "{\"Adadelta\": {\"learning_rate\": 1.0}}");
    OPTIMIZERS.put("rmsprop", "{\"RMSprop\": {\"learning_rate\": 0.01}}");
    OPTIMIZERS.put(
        "centered",
        "{\"RMSprop\": {\"learning_rate\": 0.01, \"momentum\": 0.5, \"centered\": true}}");
    OPTIMIZERS.put("ftrl", "{\"Ftrl\": {\"learning_rate\": 0.05}}");
    OPTIMIZERS.put("lion", "{\"Lion\": {\"learning_rate\": 0.001}}");
    OPTIMIZERS.put("adafactor", "{\"Adafactor\": {\"learning_rate\": 0.01}}");
    OPTIMIZERS.put(
        "schedule",
        "{\"SGD\": {\"momentum\": 0.9, \"learning_rate\": {\"class_name\": \"ExponentialDecay\","
            + " \"config\": {\"initial_learning_rate\": 0.1, \"decay_steps\": 2, \"decay_rate\":"
            + " 0.7}}}}");
    OPTIMIZERS.put("lamb", "{\"Lamb\": {\"learning_rate\": 0.02}}");
    OPTIMIZERS.put("schedule-free", "{\"ScheduleFreeAdamW\": {\"learning_rate\": 0.01}}");
    OPTIMIZERS.put(
        "accumulated", "{\"Adam\": {\"learning_rate\": 0.01, \"gradient_accumulation_steps\": 3}}");
  }

  @TempDir Path folder;

  @Test
  void trainingGoesOnInBothDirections() throws Exception {
    NpyWriter.save(folder.resolve("x.npy"), data().x().get(0));
    NpyWriter.save(folder.resolve("y.npy"), data().y().get(0));
    Map<String, Object> cases = new LinkedHashMap<>();
    for (Map.Entry<String, String> optimizer : OPTIMIZERS.entrySet()) {
      cases.put(optimizer.getKey(), leave(optimizer.getKey(), optimizer.getValue()));
    }
    AtomicFiles.string(folder.resolve("cases.json"), Json.compact(cases));
    String said = RealKeras.run("tools/readback/optimizers_check.py", folder.toString());
    assertThat(said).contains("33 files, 0 wrong");
    Config theirs = Config.read(folder.resolve("theirs.json"));
    assertThat(theirs.keys()).hasSize(32);
    for (String file : theirs.keys()) {
      List<Double> losses = comeBack(folder.resolve(file));
      double[] expected = theirs.get(file).numbers();
      for (int i = 0; i < expected.length; i++) {
        assertThat(losses.get(i)).as(file + " step " + i).isCloseTo(expected[i], within(TOLERANCE));
      }
    }
  }

  /** Trains, writes both kinds of file, trains on; the losses of the second part. */
  private List<Double> leave(String name, String text) {
    Model model = Nets.sequential(Config.parse(LAYERS, "layers"), Set.of(), 6, 6, 2);
    Optimizer optimizer = Optimizers.read(Config.parse(text, name));
    try (Network network = Network.forTraining(model, Settings.standard(), 3)) {
      network.initialize(3);
      StepRecorder first = fit(network, optimizer, data().range(0, STEPS * BATCH), null);
      assertThat(first.losses).hasSize(STEPS);
      OptimizerState state = OptimizerMemory.of(network, optimizer, STEPS);
      CompileSettings compile =
          new CompileSettings(
              optimizer.className(),
              optimizer.config(),
              "categorical_crossentropy",
              List.of("accuracy"),
              null,
              null);
      KerasWriter.Contents contents =
          new KerasWriter.Contents(model, network, compile, state, null);
      KerasWriter.keras(folder.resolve("graft-" + name + ".keras"), contents);
      if (!Set.of("accumulated", "lamb", "schedule-free").contains(name)) {
        // tf_keras does not accumulate, and has not the other two.
        KerasWriter.wholeH5(folder.resolve("graft-" + name + ".h5"), contents);
      }
      return fit(network, optimizer, rest(), Position.after(0, STEPS)).losses;
    }
  }

  /** Goes on with a file that Keras wrote after training. */
  private List<Double> comeBack(Path path) {
    KerasFile file = KerasFile.open(path, Layers.standard());
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("class_name", file.compile().optimizer());
    words.put("config", file.compile().optimizerConfig());
    Optimizer optimizer = Optimizers.read(Config.of(words, path.toString()));
    try (Network network = Network.forTraining(file.model(), Settings.standard(), 3);
        WeightFile weights = WeightFile.open(path)) {
      network.assign(WeightMatch.of(file.model(), weights, LoadOptions.strict()).store(null));
      OptimizerState state = file.optimizer(weights);
      assertThat(state.iterations()).isEqualTo(STEPS);
      OptimizerMemory.into(network, optimizer, state);
      return fit(network, optimizer, rest(), Position.after(0, STEPS)).losses;
    }
  }

  private static StepRecorder fit(Network network, Optimizer optimizer, Rows rows, Position start) {
    StepRecorder recorder = new StepRecorder(rows.size(), BATCH, null);
    Stage stage =
        Stage.of(
                "test",
                Objective.of(Losses.read(Config.of("categorical_crossentropy", "loss")), List.of()),
                optimizer,
                Pace.of(1, BATCH).inOrder())
            .with(recorder);
    Job job = Job.of(network, stage, rows, null);
    Trainer.fit(start == null ? job : job.with(start, null));
    return recorder;
  }

  private static Rows rest() {
    return data().range(STEPS * BATCH, 2 * STEPS * BATCH);
  }

  private static Rows data() {
    Random random = new Random(5);
    int rows = 2 * STEPS * BATCH;
    float[] x = new float[rows * 72];
    float[] y = new float[rows * 3];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < rows; i++) {
      y[i * 3 + random.nextInt(3)] = 1;
    }
    return Rows.of(
        NpyArray.of(new long[] {rows, 6, 6, 2}, x), NpyArray.of(new long[] {rows, 3}, y));
  }
}
