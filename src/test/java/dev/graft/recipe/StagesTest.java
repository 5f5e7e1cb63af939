package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.progress.Progress;
import dev.graft.train.Callback;
import dev.graft.train.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stage of a recipe says, down to the numbers it changes. */
class StagesTest {
  private static final String LOSS = "\"loss\": \"sparse_categorical_crossentropy\"";

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void lab() {
    lab = new Lab(folder);
  }

  private Map<String, Object> plain(String... stages) {
    return lab.recipe("[" + String.join(", ", stages) + "]");
  }

  private static String stage(String rest) {
    return "{" + LOSS + ", \"batch_size\": 4, \"shuffle\": false, " + rest + "}";
  }

  @Test
  void oldNamesAreKeras2s() {
    Map<String, Object> recipe =
        plain(
            stage("\"nb_epoch\": 2, \"samples_per_epoch\": 11, \"nb_val_samples\": 3"),
            "{\"nb_epoch\": 4}");
    recipe.put("data", withValidation());
    try (Recipe read = lab.read(recipe)) {
      Config stages = Config.of(read.resolved(), "resolved").get("stages");
      Config first = stages.items().get(0);
      assertThat(first.integer("epochs")).isEqualTo(2);
      assertThat(first.integer("steps_per_epoch")).isEqualTo(2);
      assertThat(first.integer("validation_steps")).isEqualTo(3);
      Config second = stages.items().get(1);
      assertThat(second.integer("epochs")).isEqualTo(4);
      assertThat(second.integer("steps_per_epoch")).isEqualTo(2);
      assertThat(read.stages().get(1).stage().pace().epochs()).isEqualTo(4);
    }
  }

  @Test
  void anOldAndANewNameAreOneTooMany() {
    assertThatThrownBy(() -> lab.read(plain(stage("\"nb_epoch\": 2, \"epochs\": 3"))))
        .isInstanceOf(SettingException.class)
        .hasMessage("lab.json: stages[0]: 'epochs' is there twice, once by an old name. Keep one.");
  }

  private static Map<String, Object> withValidation() {
    return Map.of(
        "train", Map.of("npy", List.of("x.npy", "y.npy"), "rows", List.of(0, 16)),
        "validation", Map.of("npy", List.of("x.npy", "y.npy"), "rows", List.of(16, 24)));
  }

  /** Two fits of one optimizer are one fit: slots, schedule, random numbers, averages. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Adam\": {\"learning_rate\": 0.01}}",
        "{\"SGD\": {\"momentum\": 0.9, \"learning_rate\": {\"ExponentialDecay\":"
            + " {\"initial_learning_rate\": 0.1, \"decay_steps\": 3, \"decay_rate\": 0.5}}}}",
        "{\"RMSprop\": {\"learning_rate\": 0.01, \"decay\": 0.1}}"
      })
  void continueIsOneLongFit(String optimizer) {
    String common = "\"optimizer\": " + optimizer + ", \"ema\": {\"decay\": 0.9}, \"epochs\": ";
    Lab.Outcome whole = lab.run(plain(stage(common + 4)));
    Lab.Outcome parts = lab.run(plain(stage(common + 2), "{\"continue\": true, \"epochs\": 2}"));
    whole.weights().forEach((name, v) -> assertThat(parts.weights().get(name)).isEqualTo(v));
    assertThat(parts.history().values("learning_rate"))
        .isEqualTo(whole.history().values("learning_rate"));
    Lab.Outcome anew = lab.run(plain(stage(common + 2), "{\"epochs\": 2}"));
    assertThat(anew.weights().get("dense/kernel"))
        .isNotEqualTo(whole.weights().get("dense/kernel"));
  }

  @Test
  void continueWithALowerRate() {
    String adam = "\"optimizer\": {\"Adam\": {\"learning_rate\": %s}}, \"epochs\": 1";
    Lab.Outcome run =
        lab.run(
            plain(
                stage(adam.formatted("0.01")),
                "{\"continue\": true, " + adam.formatted("0.001") + "}"));
    assertThat(run.history().values("learning_rate")).containsExactly(0.01, 0.001);
  }

  @Test
  void continueRefusesWhatItCannotGoOnWith() {
    assertThatThrownBy(() -> lab.read(plain(stage("\"continue\": true"))))
        .hasMessage(
            "lab.json: stages[0].continue: this is the first stage, and the model comes from no"
                + " Keras file that was trained. Load one with model.load, or remove"
                + " \"continue\".");
    assertThatThrownBy(
            () ->
                lab.read(
                    plain(
                        stage("\"optimizer\": \"sgd\""),
                        "{\"continue\": true, \"optimizer\": \"adam\"}")))
        .hasMessageContaining("the optimizer SGD goes on, only its learning_rate may change");
  }

  @Test
  void continueKeepsTheCallbackObjects() {
    int[] made = {0};
    lab.additions = lab.additions.withCallback("Counting", c -> new Counting(++made[0]));
    String callbacks = "\"callbacks\": [\"Counting\"], \"epochs\": 1";
    Lab.Outcome run =
        lab.run(plain(stage(callbacks), "{\"continue\": true}", "{\"continue\": false}"));
    assertThat(run.history().values("epochs seen")).containsExactly(1.0, 2.0, 1.0);
  }

  /** Counts epochs for as long as it lives. */
  private static final class Counting implements Callback {
    private int epochs;

    Counting(int number) {
      assertThat(number).isBetween(1, 3);
    }

    @Override
    public void onEpochEnd(dev.graft.train.Training training, int epoch, Map<String, Double> logs) {
      logs.put("epochs seen", (double) ++epochs);
    }
  }

  @Test
  void validationSplitIsTheLastPart() {
    Lab.Outcome split =
        lab.run(plain(stage("\"validation_split\": 0.25, \"optimizer\": \"sgd\", \"epochs\": 2")));
    Map<String, Object> recipe = plain(stage("\"optimizer\": \"sgd\", \"epochs\": 2"));
    recipe.put(
        "data",
        Map.of(
            "train", Map.of("npy", List.of("x.npy", "y.npy"), "rows", List.of(0, 18)),
            "validation", Map.of("npy", List.of("x.npy", "y.npy"), "rows", List.of(18, 24))));
    Lab.Outcome named = lab.run(recipe);
    assertThat(split.history().values("loss")).isEqualTo(named.history().values("loss"));
    assertThat(split.history().values("val_loss")).isEqualTo(named.history().values("val_loss"));
  }

  @Test
  void validationSplitAndValidationDataAreOneTooMany() {
    Map<String, Object> recipe = plain(stage("\"validation_split\": 0.25"));
    recipe.put("data", withValidation());
    assertThatThrownBy(() -> lab.read(recipe))
        .hasMessage(
            "lab.json: stages[0].validation_split: the data has a 'validation', too. Remove one of"
                + " them.");
  }

  @Test
  void aStageMayHaveItsOwnData() {
    String own =
        "{\"data\": {\"train\": {\"npy\": [\"x.npy\", \"y.npy\"], \"take\": 8}}, \"epochs\": 1}";
    Map<String, Object> recipe = plain(stage("\"optimizer\": \"sgd\", \"epochs\": 1"), own, "{}");
    lab.run(recipe);
    List<Long> steps =
        lab.heard.stream()
            .filter(e -> e instanceof Progress.PhaseStarted p && p.name().equals("training"))
            .map(e -> ((Progress.PhaseStarted) e).total())
            .toList();
    assertThat(steps).containsExactly(6L, 2L, 2L);
  }

  @Test
  void ownDataHasAsManyClassesAsTheHead() {
    lab.save("other.npy", NpyArray.of(new long[] {Lab.ROWS}, ints(5)));
    String own = "{\"data\": {\"train\": {\"npy\": [\"x.npy\", \"other.npy\"]}}}";
    assertThatThrownBy(() -> lab.read(plain(stage("\"epochs\": 1"), own)))
        .hasMessage(
            "lab.json: stages[1].data: has 5 classes, the stage before had 3. Give this stage a"
                + " 'head', too.");
  }

  private static int[] ints(int classes) {
    int[] values = new int[Lab.ROWS];
    Arrays.setAll(values, i -> i % classes);
    return values;
  }

  @Test
  void sampleWeightsCount() {
    float[] weights = new float[Lab.ROWS];
    Arrays.fill(weights, 0, 18, 1);
    Arrays.fill(weights, 20, 24, 3);
    lab.save("w.npy", NpyArray.of(new long[] {Lab.ROWS}, weights));
    String still = "\"optimizer\": {\"SGD\": {\"learning_rate\": 0}}, \"epochs\": 1";
    String layers = "[\"Flatten\", {\"Dense\": {\"units\": 3, \"activation\": \"softmax\"}}]";
    Lab.Outcome all =
        lab.run(lab.recipe(layers, "[" + stage("\"sample_weight\": \"w.npy\", " + still) + "]"));
    Map<String, Object> first = lab.recipe(layers, "[" + stage(still) + "]");
    first.put("data", Map.of("train", source(0, 18)));
    Map<String, Object> second = lab.recipe(layers, "[" + stage(still) + "]");
    second.put("data", Map.of("train", source(20, 24)));
    double expected =
        (18 * lab.run(first).history().values("loss").get(0)
                + 3 * 4 * lab.run(second).history().values("loss").get(0))
            / 24;
    assertThat(all.history().values("loss").get(0)).isCloseTo(expected, within(1e-6));

    // Split off, the examples take their weights along, as in Keras's validation_split.
    Lab.Outcome split =
        lab.run(
            lab.recipe(
                layers,
                "["
                    + stage("\"sample_weight\": \"w.npy\", \"validation_split\": 0.25, " + still)
                    + "]"));
    double held = 3 * 4 * lab.run(second).history().values("loss").get(0) / 6;
    assertThat(split.history().values("val_loss").get(0)).isCloseTo(held, within(1e-6));
  }

  private static Map<String, Object> source(int from, int to) {
    return Map.of("npy", List.of("x.npy", "y.npy"), "rows", List.of(from, to));
  }

  @Test
  void sampleWeightsThatDoNotFit() {
    lab.save("w.npy", NpyArray.of(new long[] {5}, 1f, 1f, 1f, 1f, 1f));
    assertThatThrownBy(() -> lab.read(plain(stage("\"sample_weight\": \"w.npy\""))))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "w.npy: expected a weight for each of the 24 training examples, came 5.");
  }

  @Test
  void classWeightOfAClassThatIsNotThere() {
    assertThatThrownBy(() -> lab.read(plain(stage("\"class_weight\": {\"7\": 2}"))))
        .hasMessage("lab.json: stages[0].class_weight.7: there is no class '7'. Classes: 0, 1, 2.");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void verboseSaysLessOrMore(int verbose) {
    lab.run(
        plain("{" + LOSS + ", \"epochs\": 2, \"batch_size\": 64, \"verbose\": " + verbose + "}"));
    List<String> kinds =
        lab.heard.stream().map(e -> e.getClass().getSimpleName()).distinct().toList();
    assertThat(kinds).contains("Message");
    assertThat(kinds.contains("EpochEnded")).isEqualTo(verbose > 0);
    assertThat(kinds.contains("Advanced")).isEqualTo(verbose == 1);
  }

  @Test
  void verboseOfAnotherKind() {
    assertThatThrownBy(() -> lab.read(plain(stage("\"verbose\": 3"))))
        .hasMessageContaining("stages[0].verbose: expected 0 (nothing), 1 or \"auto\" (a bar)");
  }

  /**
   * The first stage trains what the second freezes. Resumed in the second, the frozen part has to
   * be the trained one before it is run once for every example.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 6, 7, 11, 13, 17})
  void resumedInAnyStageEndsTheSame(int steps) {
    String layers =
        """
        ["Flatten", {"Dense": {"name": "low", "units": 6, "activation": "relu"}},
         {"Dropout": {"rate": 0.3}}, {"Dense": {"units": "classes", "activation": "softmax"}}]
        """;
    String stages =
        "[{"
            + LOSS
            + ", \"batch_size\": 4, \"optimizer\": \"adam\", \"epochs\": 1},"
            + " {\"freeze\": \"low\", \"epochs\": 1, \"name\": \"frozen\"},"
            + " {\"continue\": true, \"unfreeze\": \"low\", \"epochs\": 1}]";
    Lab.Outcome whole = lab.run(lab.recipe(layers, stages));
    Path out = folder.resolve("run");
    Lab.Outcome part = lab.run(lab.recipe(layers, stages), out, new int[] {steps}, false);
    assertThat(part.end()).isEqualTo(Trainer.End.INTERRUPTED);
    Lab.Outcome rest =
        lab.run(lab.recipe(layers, stages), out, new int[] {Integer.MAX_VALUE}, true);
    whole.weights().forEach((name, v) -> assertThat(rest.weights().get(name)).isEqualTo(v));
    assertThat(rest.history().values("loss")).isEqualTo(whole.history().values("loss"));
  }
}
