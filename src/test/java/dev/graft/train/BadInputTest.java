package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.MemoryException;
import dev.graft.error.SettingException;
import dev.graft.error.TrainingException;
import dev.graft.files.NpyArray;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operation;

class BadInputTest {
  private static final String LAYERS =
      """
      [{"Conv2D": {"name": "conv", "filters": 2, "kernel_size": 3, "activation": "relu"}},
       {"BatchNormalization": {"name": "norm"}},
       {"Flatten": {"name": "flatten"}},
       {"Dense": {"name": "hidden", "units": 4, "activation": "relu"}},
       {"Dense": {"name": "out", "units": 3, "activation": "softmax"}}]
      """;
  private static final int ROWS = 6;

  @Test
  void nothingToTrain() {
    Model model = model("conv", "norm", "hidden", "out");
    assertThatThrownBy(() -> fit(model, stage("sgd"), sparse(0, 1, 2, 0, 1, 2)))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "stage 'test': every layer is frozen, so there is nothing to train. Unfreeze some.");
  }

  @Test
  void memoryThatIsUsedUpNamesTheBatchSize() {
    Callback full =
        Callback.everyStep(
            (training, batch, logs) -> {
              throw new OutOfMemoryError("Java heap space");
            });
    assertThatThrownBy(() -> fit(model(), stage("sgd").with(full), sparse(0, 1, 2, 0, 1, 2)))
        .isInstanceOf(MemoryException.class)
        .hasMessageStartingWith("stage 'test': the memory does not hold a batch of 2 examples (")
        .hasMessageEndingWith("Use a smaller batch_size (--batch), or smaller pictures.");
  }

  @Test
  void labelOutOfRange() {
    assertThatThrownBy(() -> fit(model(), stage("sgd"), sparse(0, 1, 2, 3, 1, 2)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "stage 'test', epoch 1, step 2: the label of row 3 is 3, but the network has 3 outputs,"
                + " so labels go from 0 to 2. Check the labels, or give the last layer as many"
                + " units as there are classes.");
  }

  @Test
  void validationLabelOutOfRange() {
    try (Network network = network(model())) {
      Job job = Job.of(network, stage("sgd"), sparse(0, 1, 2, 0, 1, 2), sparse(0, -1, 2, 0, 1, 2));
      assertThatThrownBy(() -> Trainer.fit(job))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("evaluation: the label of row 1 is -1, but");
    }
  }

  @Test
  void classNumbersWhereOneHotIsWanted() {
    Stage stage = Stage.of("test", objective("categorical_crossentropy"), sgd(), Pace.of(1, 2));
    assertThatThrownBy(() -> fit(model(), stage, sparse(0, 1, 2, 0, 1, 2)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "stage 'test', training data: output 'out' with the loss categorical_crossentropy:"
                + " expected targets (None, 3), the examples have (None, 1). For labels that are"
                + " class numbers take sparse_categorical_crossentropy.");
  }

  @Test
  void picturesOfAnotherSize() {
    Rows rows =
        Rows.of(
            NpyArray.of(new long[] {2, 5, 5, 1}, new float[50]),
            NpyArray.of(new long[] {2, 1}, 0f, 1f));
    assertThatThrownBy(() -> fit(model(), stage("sgd"), rows))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "stage 'test', training data: input 'input': the model expects (None, 6, 6, 1), the"
                + " examples have (None, 5, 5, 1). Prepare them in the model's size, or build the"
                + " model for theirs.");
  }

  @Test
  void badPictureIsNamedAndNothingIsLearnt() {
    Rows rows = sparse(0, 1, 2, 0, 1, 2);
    float[] x = rows.x().get(0).floats();
    x[3 * 36 + 5] = Float.NaN;
    Rows bad = Rows.of(NpyArray.of(rows.x().get(0).shape(), x), rows.y().get(0));
    try (Network network = network(model())) {
      Map<String, float[]> afterOneStep;
      Job job = Job.of(network, stage("sgd"), bad.range(0, 2), null);
      Trainer.fit(job);
      afterOneStep = network.weights();
      assertThatThrownBy(() -> Trainer.fit(Job.of(network, stage("sgd"), bad.range(2, 4), null)))
          .isInstanceOf(TrainingException.class)
          .hasMessage(
              "stage 'test', epoch 1, step 1: the loss is not a finite number. The input of row 1"
                  + " already is not finite. Lower the learning rate, clip the gradients, or look"
                  + " at these examples.");
      afterOneStep.forEach(
          (name, values) -> assertThat(network.values(name)).as(name).isEqualTo(values));
    }
  }

  @Test
  void overflowNamesTheLayer() {
    try (Network network = network(model())) {
      float[] kernel = new float[network.values("hidden/kernel").length];
      Arrays.fill(kernel, 3e38f);
      network.assign("hidden/kernel", kernel);
      network.assign("norm/beta", new float[] {2, 2});
      assertThatThrownBy(
              () -> Trainer.fit(Job.of(network, stage("sgd"), sparse(0, 1, 2, 0, 1, 2), null)))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("The output of layer 'hidden' went bad first.");
    }
  }

  @Test
  void explodedWeightIsNamed() {
    try (Network network = network(model())) {
      network.assign("out/bias", new float[] {0, Float.POSITIVE_INFINITY, 0});
      assertThatThrownBy(
              () -> Trainer.fit(Job.of(network, stage("sgd"), sparse(0, 1, 2, 0, 1, 2), null)))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("The weight 'out/bias' went bad first, in the update before.");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 'labels of row 1 need 5 steps (one a label, one more between equal ones), but the"
        + " network has 4. Shorten the labels, or keep more steps.'",
    "1, 3, 0, 'label of row 1 is 3, but the network has 3 outputs, so labels go from 0 to 2.'"
  })
  void sequencesThatCtcCannotLearn(float a, float b, float c, String reason) {
    Model model =
        Nets.sequential(
            Config.parse("[{\"Dense\": {\"name\": \"out\", \"units\": 3}}]", "layers"),
            Set.of(),
            4,
            2);
    Rows rows =
        Rows.of(
            NpyArray.of(new long[] {2, 4, 2}, new float[16]),
            NpyArray.of(new long[] {2, 3}, 1, 2, 0, a, b, c));
    Stage stage = Stage.of("test", objective("ctc"), sgd(), Pace.of(1, 2));
    assertThatThrownBy(() -> fit(model, stage, rows))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("stage 'test', epoch 1, step 1: the " + reason);
  }

  @Test
  void rateOfALayerThatIsNotTrained() {
    Stage stage = stage("sgd").with(Map.of("conv*", 1e-3));
    assertThatThrownBy(() -> fit(model("conv"), stage, sparse(0, 1, 2, 0, 1, 2)))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "stage 'test': learning_rates: no layer that is trained fits 'conv*'. Trained are"
                + " [norm, hidden, out].");
  }

  @Test
  void batchLargerThanTheDataIsSaid() {
    List<String> said = new ArrayList<>();
    try (Network network = network(model())) {
      Stage stage =
          Stage.of("test", objective("sparse_categorical_crossentropy"), sgd(), Pace.of(1, 64));
      Job job = Job.of(network, stage, sparse(0, 1, 2, 0, 1, 2), null);
      Trainer.fit(
          job.with(
              (Progress)
                  event -> {
                    if (event instanceof Progress.Message message) {
                      said.add(message.text());
                    }
                  }));
    }
    assertThat(said)
        .containsExactly(
            "batch_size 64 is more than the 6 examples there are: an epoch is one step of them"
                + " all.");
  }

  @Test
  void noOpGoesBackThroughAFrozenLayer() {
    try (Network network = network(model("conv", "norm"))) {
      Trainer.fit(
          Job.of(network, stage("adam").with(Stage.Cache.OFF), sparse(0, 1, 2, 0, 1, 2), null));
      List<String> backward = new ArrayList<>();
      network
          .graph()
          .operations()
          .forEachRemaining(
              op -> {
                if (backward(op)) {
                  backward.add(op.name() + " (" + op.type() + ")");
                }
              });
      assertThat(backward).isNotEmpty();
      assertThat(backward)
          .noneMatch(name -> name.contains("Conv2D") || name.contains("FusedBatchNorm"))
          .noneMatch(name -> name.contains("Rsqrt"));
      // Two matrix products of each of the two dense layers. The gradient of the input of 'hidden'
      // is among them, but nothing asks for it, so it is never computed.
      assertThat(backward.stream().filter(name -> name.endsWith("(MatMul)"))).hasSize(4);
    }
  }

  private static boolean backward(Operation op) {
    return op.name().startsWith("training/gradients");
  }

  private static void fit(Model model, Stage stage, Rows rows) {
    try (Network network = network(model)) {
      Trainer.fit(Job.of(network, stage, rows, null));
    }
  }

  private static Network network(Model model) {
    Network network =
        Network.forTraining(model, new Settings(1, "cpu", Settings.Precision.FLOAT32), 7);
    network.initialize(7);
    return network;
  }

  private static Model model(String... frozen) {
    return Nets.sequential(Config.parse(LAYERS, "layers"), Set.of(frozen), 6, 6, 1);
  }

  private static Stage stage(String optimizer) {
    return Stage.of(
        "test",
        objective("sparse_categorical_crossentropy"),
        Optimizers.read(Config.of(optimizer, "optimizer")),
        Pace.of(1, 2).inOrder());
  }

  private static Optimizer sgd() {
    return Optimizers.read(Config.of("sgd", "optimizer"));
  }

  private static Objective objective(String loss) {
    return Objective.of(Losses.read(Config.of(loss, "loss")), List.of());
  }

  private static Rows sparse(float... labels) {
    float[] x = new float[ROWS * 36];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    return Rows.of(
        NpyArray.of(new long[] {ROWS, 6, 6, 1}, x), NpyArray.of(new long[] {ROWS, 1}, labels));
  }
}
