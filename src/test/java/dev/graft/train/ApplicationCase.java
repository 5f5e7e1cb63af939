package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.RealKeras;
import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.keras.KerasFile;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.model.Applications;
import dev.graft.model.Freeze;
import dev.graft.model.Summary;
import dev.graft.model.Variant;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** A folder of tools/goldens/applications.py: a network, and what Keras computes with it. */
final class ApplicationCase {
  private static final double TOLERANCE = 1e-4;

  /** Of Graft in float64 from Keras in float64. */
  private static final double EXACT = 1e-6;

  private final Path folder;
  private final Config golden;
  private final Path file;

  /** An output that was found right, bit by bit. */
  private float[] accepted;

  private ApplicationCase(Path folder) {
    this.folder = folder;
    this.golden = Config.read(folder.resolve("case.json"));
    Path keras3 = folder.resolve("model.keras");
    this.file = Files.exists(keras3) ? keras3 : folder.resolve("model.h5");
  }

  /**
   * Opens the network and holds it against Keras: summary, output, losses of a few steps.
   *
   * @return how far the output and the losses are off, relative
   */
  static double[] check(Path folder) {
    ApplicationCase one = new ApplicationCase(folder);
    Model model = KerasFile.open(one.file, Layers.standard()).model();
    one.checkSummary(model);
    try (WeightFile weights = WeightFile.open(one.file)) {
      WeightMatch match = WeightMatch.of(model, weights, LoadOptions.strict());
      double off = one.output(model, match);
      one.checkCode();
      return new double[] {off, one.losses(model, match)};
    }
  }

  /** The network as code takes the same weights, whatever Keras's generation called its layers. */
  private void checkCode() {
    if (!Applications.knows(golden.string("name"))) {
      return;
    }
    Applications.Application application = Applications.named(golden.string("name"), "case");
    long[] shape = npy("x.npy").shape();
    Variant variant = application.variant().sized(shape[1], shape[2], shape[3]);
    Model model = application.with(variant).whole((int) npy("y.npy").shape()[1]);
    try (WeightFile weights = WeightFile.open(file)) {
      output(model, WeightMatch.of(model, weights, LoadOptions.strict()));
    }
  }

  private void checkSummary(Model model) {
    Summary summary = Summary.of(model);
    List<Config> rows = golden.get("layers").items();
    for (int i = 0; i < Math.min(rows.size(), summary.rows().size()); i++) {
      Config row = rows.get(i);
      Summary.Row own = summary.rows().get(i);
      String expected =
          row.string("name")
              + " ("
              + row.string("class")
              + ") "
              + row.get("output_shape").plain()
              + " "
              + row.get("params").whole();
      String shape = own.outputShape().replace("(", "[").replace(")", "]").replace("None", "null");
      assertThat(own.name() + " (" + own.className() + ") " + shape + " " + own.params())
          .as("row %d", i)
          .isEqualTo(expected);
    }
    assertThat(summary.rows()).hasSameSizeAs(rows);
    assertThat(summary.total()).isEqualTo(golden.get("total").whole());
    assertThat(summary.trainable()).isEqualTo(golden.get("trainable").whole());
  }

  private double output(Model model, WeightMatch match) {
    try (Network network = Network.forInference(model, settings())) {
      network.assign(match.store(null));
      NpyArray expected = npy("y.npy");
      float[] came = predict(network);
      double off = off(expected.doubles(), came);
      if (off >= TOLERANCE && !Arrays.equals(came, accepted)) {
        exact(network, came);
      }
      accepted = came;
      return off;
    }
  }

  /**
   * Through hundreds of layers the roundings of float32 alone come to more than the tolerance. Then
   * float64 decides: there Graft and Keras must agree, and in float32 Graft must be no further from
   * it than Keras itself.
   */
  private void exact(Network network, float[] came) {
    double[] truth = exactOutput();
    double rounding = off(truth, DoubleGraph.run(network, npy("x.npy")));
    assertThat(rounding).as("output in float64, relative").isLessThan(EXACT);
    Config ways = Config.read(folder.resolve("exact.json"));
    double most = ways.keys().stream().mapToDouble(ways::number).max().orElseThrow();
    double own = off(truth, came);
    System.out.printf(
        Locale.ROOT,
        "%s %s: from float64 %.2e, Keras %s; both in float64 %.1e%n",
        golden.string("name"),
        golden.string("generation"),
        own,
        ways.plain(),
        rounding);
    assertThat(own)
        .as("output from float64, relative; Keras: %s", ways.plain())
        .isLessThanOrEqualTo(most);
  }

  private double[] exactOutput() {
    keras("y64.npy", "--float64");
    return npy("y64.npy").doubles();
  }

  /** Lets Keras compute the case once more, unless {@code made} is there already. */
  private void keras(String made, String how) {
    if (Files.exists(folder.resolve(made))) {
      return;
    }
    try {
      RealKeras.run(
          "tools/goldens/applications.py",
          golden.string("name"),
          golden.string("generation"),
          folder.toString(),
          how);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private float[] predict(Network network) {
    NpyArray x = npy("x.npy");
    try (Tensor in = Tensors.floats(x.floats(), x.shape());
        Result out = network.run(network.inference(), List.of(in))) {
      return Tensors.read(out.get(0));
    }
  }

  private static double off(double[] expected, float[] came) {
    double[] wide = new double[came.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = came[i];
    }
    return off(expected, wide);
  }

  private static double off(double[] expected, double[] came) {
    assertThat(came).hasSameSizeAs(expected);
    double most = 0;
    double worst = 0;
    for (int i = 0; i < came.length; i++) {
      most = Math.max(most, Math.abs(expected[i]));
      double apart = Math.abs(expected[i] - came[i]);
      worst = Math.max(worst, Double.isNaN(apart) ? Double.MAX_VALUE : apart);
    }
    return worst / most;
  }

  private double losses(Model whole, WeightMatch match) {
    Set<String> trained = Set.copyOf(golden.strings("trained"));
    Set<String> frozen = new HashSet<>();
    whole.layers().forEach(entry -> frozen.add(entry.name()));
    frozen.removeAll(trained);
    Model model = Freeze.apply(whole.map(ApplicationCase::still), frozen);
    double[] expected = golden.get("losses").numbers();
    Rows rows = Rows.of(npy("x.npy"), npy("labels.npy"));
    List<Double> own = new ArrayList<>();
    try (Network network = Network.forTraining(model, settings(), 7)) {
      network.assign(match.store(null));
      History history = new History();
      Trainer.fit(
          Job.of(network, stage(expected.length - 1, rows.size()), rows, rows).with(history));
      own.addAll(history.values("loss"));
      own.add(history.values("val_loss").get(expected.length - 2));
    }
    double[] came = own.stream().mapToDouble(Double::doubleValue).toArray();
    double worst = apart(expected, came);
    if (!(worst < TOLERANCE)) {
      exactLosses(came);
    }
    return worst;
  }

  /** The largest relative difference of a loss. */
  private static double apart(double[] expected, double[] came) {
    assertThat(came).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double apart = Math.abs(came[i] / expected[i] - 1);
      worst = Math.max(worst, Double.isNaN(apart) ? Double.MAX_VALUE : apart);
    }
    return worst;
  }

  /**
   * The rule of {@link #exact} for losses: each must be no further from float64 than the furthest
   * of Keras's own ways to run the steps is.
   */
  private void exactLosses(double[] came) {
    keras("exact-losses.json", "--float64-losses");
    Config all = Config.read(folder.resolve("exact-losses.json"));
    double[] truth = all.get("float64").numbers();
    double[] call = all.get("call").numbers();
    double[] graph = all.get("graph").numbers();
    System.out.printf(
        Locale.ROOT,
        "%s %s: losses from float64 %.2e, Keras op by op %.2e, as a graph %.2e; from Keras op by op"
            + " %.2e, as a graph %.2e%n",
        golden.string("name"),
        golden.string("generation"),
        apart(truth, came),
        apart(truth, call),
        apart(truth, graph),
        apart(call, came),
        apart(graph, came));
    for (int i = 0; i < truth.length; i++) {
      double most = Math.max(Math.abs(call[i] - truth[i]), Math.abs(graph[i] - truth[i]));
      assertThat(came[i])
          .as("loss %d of %s; in float64 and by Keras: %s", i, Arrays.toString(came), all.plain())
          .isCloseTo(truth[i], within(most));
    }
  }

  private Stage stage(int steps, int batch) {
    return Stage.of(
            "steps",
            Objective.of(
                Losses.read(
                    Config.of(
                        Map.of(
                            "SparseCategoricalCrossentropy",
                            Map.of("from_logits", golden.flag("from_logits", false))),
                        "loss")),
                List.of()),
            Optimizers.read(
                Config.of(Map.of("SGD", Map.of("learning_rate", golden.number("rate"))), "sgd")),
            Pace.of(steps, batch).inOrder())
        .with(Stage.Cache.OFF);
  }

  /** Dropout and stochastic depth that let everything through, so that numbers can be compared. */
  private static Model.Entry still(Model.Entry entry) {
    Set<String> random = Set.of("Dropout", "StochasticDepth");
    if (!random.contains(entry.layer().className())) {
      return entry;
    }
    Map<String, Object> config = new LinkedHashMap<>(entry.layer().config());
    config.replaceAll((key, value) -> key.matches("rate|drop_path_rate") ? 0.0 : value);
    Layer layer =
        Layers.standard().read(entry.layer().className(), Config.of(config, entry.name()));
    return new Model.Entry(entry.name(), entry.trainable(), layer);
  }

  private static Settings settings() {
    return Settings.standard();
  }

  private NpyArray npy(String name) {
    try (NpyFile npy = NpyFile.open(folder.resolve(name))) {
      return npy.array();
    }
  }
}
