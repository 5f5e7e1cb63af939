package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever can be said about training, said to real Keras of both generations and to Graft. */
class TrainingGoldenTest {
  private static final int KNOWN_CASES = 516;
  private static final double NEAR = 1e-4;

  static List<TrainingCase> cases() {
    return TrainingCase.all();
  }

  @Test
  void noCaseIsLost() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(KNOWN_CASES);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void equalsKeras(TrainingCase golden, @TempDir Path folder) {
    Trained trained = new Trained(golden, folder);
    compare(golden, trained);
  }

  /** A case, run in Graft. */
  private static final class Trained {
    final List<Double> means = new ArrayList<>();
    final List<Float> rates = new ArrayList<>();
    final List<String> saved = new ArrayList<>();
    final History history = new History();
    final Path folder;
    final Model model;
    final Map<String, float[]> weights;

    Trained(TrainingCase golden, Path folder) {
      this.folder = folder;
      model = golden.model();
      String ends = golden.settings().string("ends", "");
      if (ends.startsWith("cut after ")) {
        int epoch = Integer.parseInt(ends.substring("cut after ".length()));
        assertThatThrownBy(() -> fit(golden, folder, new History(), new Cut(epoch)))
            .isInstanceOf(IllegalStateException.class);
      }
      weights = fit(golden, folder, history, new Cut(-1));
    }

    private Map<String, float[]> fit(
        TrainingCase golden, Path folder, History kept, Callback last) {
      List<Callback> callbacks = new ArrayList<>(callbacks(golden, folder));
      callbacks.add(Callback.everyStep(this::record));
      callbacks.add(last);
      Stage stage =
          new Stage(
              "test",
              objective(golden, model),
              Optimizers.read(
                  Config.of(golden.settings().get("optimizer").plain(), golden + ": optimizer")),
              pace(golden),
              weighting(golden),
              rates(golden),
              null,
              Stage.Cache.OFF,
              callbacks);
      try (Network network =
          Network.forTraining(model, new Settings(1, "cpu", Settings.Precision.FLOAT32), 7)) {
        Map<String, float[]> first = golden.first(model);
        network.assign(first::get);
        Trainer.fit(
            Job.of(network, stage, golden.rows("train"), golden.rows("validation")).with(kept));
        return network.weights();
      }
    }

    String csv() {
      try {
        return Files.readString(folder.resolve("log.csv"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void record(Training training, long batch, Map<String, Double> logs) {
      means.add(logs.get("loss"));
      rates.add(training.rate());
    }

    private List<Callback> callbacks(TrainingCase golden, Path folder) {
      if (!golden.settings().has("callbacks")) {
        return List.of();
      }
      return Callbacks.read(
          Config.of(golden.settings().get("callbacks").plain(), golden + ": callbacks"),
          new Callbacks.Setting(folder, this::save, Map.of()));
    }

    private void save(Training training, Path file, boolean weightsOnly) {
      List<Model.Variable> variables = model.variables();
      float[] values = training.network().values(variables.get(variables.size() - 1).name());
      StringBuilder text = new StringBuilder(file.getFileName().toString());
      for (float value : values) {
        text.append(String.format(Locale.ROOT, " %.4f", value));
      }
      saved.add(text.toString());
    }
  }

  /** Ends training as a crash does, before an epoch. */
  private record Cut(int epoch) implements Callback {
    @Override
    public void onEpochBegin(Training training, int number) {
      if (number == epoch) {
        throw new IllegalStateException("cut");
      }
    }
  }

  private static Objective objective(TrainingCase golden, Model model) {
    List<String> names = model.outputs().stream().map(Ref::layer).toList();
    List<Objective.Output> outputs = new ArrayList<>();
    for (String name : names) {
      Config loss = own(golden.settings().get("loss"), name, names.size());
      double weight =
          golden.settings().has("loss_weights")
              ? golden.settings().get("loss_weights").number(name)
              : 1;
      outputs.add(
          new Objective.Output(
              name,
              Losses.read(loss),
              weight,
              metrics(golden, "metrics", name, names.size()),
              metrics(golden, "weighted_metrics", name, names.size())));
    }
    return new Objective(outputs, golden.generation());
  }

  private static Config own(Config value, String output, int outputs) {
    return outputs == 1 ? value : value.get(output);
  }

  private static List<Metric> metrics(TrainingCase golden, String key, String output, int outputs) {
    return golden.settings().has(key)
        ? own(golden.settings().get(key), output, outputs).items().stream()
            .map(value -> Metrics.read(value, golden.generation()))
            .toList()
        : List.of();
  }

  private static Pace pace(TrainingCase golden) {
    Map<String, Object> stage = new LinkedHashMap<>();
    for (String key :
        List.of(
            "steps_per_epoch",
            "initial_epoch",
            "validation_freq",
            "validation_steps",
            "validation_batch_size")) {
      if (golden.settings().has(key)) {
        stage.put(key, golden.settings().get(key).plain());
      }
    }
    stage.put("epochs", golden.epochs());
    stage.put("batch_size", golden.batchSize());
    stage.put("shuffle", false);
    return Pace.read(Config.of(stage, golden + ": fit"));
  }

  private static Map<String, Double> rates(TrainingCase golden) {
    Map<String, Double> rates = new LinkedHashMap<>();
    if (golden.settings().has("learning_rates")) {
      Config own = golden.settings().get("learning_rates");
      own.keys().forEach(pattern -> rates.put(pattern, own.number(pattern)));
    }
    return rates;
  }

  private static Weighting weighting(TrainingCase golden) {
    Map<Integer, Double> classes = new LinkedHashMap<>();
    if (golden.settings().has("class_weight")) {
      Config weights = golden.settings().get("class_weight");
      weights.keys().forEach(k -> classes.put(Integer.parseInt(k), weights.number(k)));
    }
    List<Weighting.Samples> samples = new ArrayList<>();
    for (NpyArray weight : golden.arrays("train", "weight")) {
      samples.add(new Weighting.Samples(weight.floats(), weight.size() / (int) weight.shape()[0]));
    }
    return new Weighting(classes, samples);
  }

  private static void compare(TrainingCase golden, Trained trained) {
    double[] means = numbers(golden.golden().get("means"));
    double[] rates = numbers(golden.golden().get("rates"));
    assertThat(trained.means).as("steps").hasSize(means.length);
    for (int i = 0; i < means.length; i++) {
      near("loss up to step " + i, trained.means.get(i), means[i]);
      assertThat((double) trained.rates.get(i))
          .as("learning rate of step %d", i)
          .isCloseTo(rates[i], within(1e-6 * Math.abs(rates[i]) + 1e-12));
    }
    histories(golden, trained.history);
    if (golden.golden().has("csv")) {
      csv(golden.golden().string("csv"), trained.csv());
    }
    if (golden.golden().has("saved")) {
      assertThat(trained.saved).isEqualTo(saved(golden));
    }
    if (!golden.settings().string("ends", "").equals("nan")) {
      golden
          .last(trained.model)
          .forEach(
              (name, values) -> {
                float[] came = trained.weights.get(name);
                for (int i = 0; i < values.length; i++) {
                  near(name + "[" + i + "]", came[i], values[i]);
                }
              });
    }
  }

  private static void histories(TrainingCase golden, History came) {
    Config history = golden.golden().get("history");
    boolean cut = golden.settings().string("ends", "").startsWith("cut");
    for (String log : history.keys()) {
      String own = log.equals("lr") ? "learning_rate" : log;
      double[] values = numbers(history.get(log));
      List<Double> mine = came.values(own);
      if (cut) {
        // Keras begins a new history after a restart, Graft goes on with the old one.
        mine = mine.subList(mine.size() - values.length, mine.size());
      }
      assertThat(mine).as(own).hasSize(values.length);
      for (int i = 0; i < values.length; i++) {
        near(own + " of epoch " + i, mine.get(i), values[i]);
      }
    }
  }

  /** The texts are the same but for the last digits of the figures, which are written alike. */
  private static void csv(String keras, String graft) {
    assertThat(graft.replaceAll("\r\n", "")).doesNotContain("\n", "\r");
    List<String> theirs = keras.lines().toList();
    List<String> ours = graft.lines().toList();
    assertThat(ours).hasSameSizeAs(theirs);
    assertThat(ours.get(0)).isEqualTo(theirs.get(0));
    String separator = theirs.get(0).substring(5, 6);
    for (int i = 1; i < ours.size(); i++) {
      String[] figures = ours.get(i).split(separator, -1);
      String[] expected = theirs.get(i).split(separator, -1);
      assertThat(figures).hasSameSizeAs(expected);
      for (int k = 0; k < figures.length; k++) {
        if (!figures[k].equals(expected[k])) {
          assertThat(expected[k]).as("line %d", i).isNotEqualTo("NA");
          double expectedNumber = Double.parseDouble(expected[k]);
          near("line " + i + ", column " + k, Double.parseDouble(figures[k]), expectedNumber);
          assertThat(PythonFloat.text(expectedNumber)).isEqualTo(expected[k]);
        }
      }
    }
  }

  private static List<String> saved(TrainingCase golden) {
    List<String> saved = new ArrayList<>();
    for (Config entry : golden.golden().get("saved").items()) {
      StringBuilder text = new StringBuilder(entry.items().get(0).string());
      for (double value : entry.items().get(1).numbers()) {
        text.append(String.format(Locale.ROOT, " %.4f", value));
      }
      saved.add(text.toString());
    }
    return saved;
  }

  /** Numbers, null for one that was not finite. */
  private static double[] numbers(Config list) {
    return ((List<?>) list.plain())
        .stream().mapToDouble(v -> v == null ? Double.NaN : ((Number) v).doubleValue()).toArray();
  }

  private static void near(String what, double came, double expected) {
    if (Double.isNaN(expected)) {
      assertThat(Double.isFinite(came)).as(what + " is finite").isFalse();
    } else {
      assertThat(came).as(what).isCloseTo(expected, within(NEAR * Math.max(1, Math.abs(expected))));
    }
  }
}
