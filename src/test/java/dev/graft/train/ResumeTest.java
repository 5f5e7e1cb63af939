package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.MalformedFileException;
import dev.graft.files.NpyArray;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training that was cut off and went on ends as if it had never stopped, to the last bit. */
class ResumeTest {
  private static final String LAYERS =
      """
      [{"Conv2D": {"name": "conv", "filters": 2, "kernel_size": 3, "activation": "relu"}},
       {"BatchNormalization": {"name": "norm"}},
       {"Flatten": {"name": "flatten"}},
       {"Dropout": {"name": "dropout", "rate": 0.5}},
       {"Dense": {"name": "out", "units": 3, "activation": "softmax"}}]
      """;
  private static final int ROWS = 22;
  private static final int EPOCHS = 3;

  /** Lowers the rate at the beginning of each epoch, from where the epoch before left it. */
  private static final class Decay implements Callback {
    private int epochs;

    @Override
    public void onEpochBegin(Training training, int epoch) {
      training.learningRate(training.learningRate() * 0.7f);
      epochs++;
    }

    @Override
    public void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {
      logs.put("epochs", (double) epochs);
    }

    @Override
    public Map<String, Object> state() {
      return Map.of("epochs", epochs);
    }

    @Override
    public void restore(Config state) {
      epochs = state.integer("epochs");
    }
  }

  @TempDir Path folder;

  /**
   * Six steps an epoch and two batches to score after it, before each of which it is asked too: 4
   * is amid the first epoch, 6 its last step, 7 before anything is scored, 8 amid that.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 6, 7, 8, 11, 15, 17})
  void interruptedAtAnyMoment(int steps) {
    Result whole = run(Position.start(0, 0, 0), new History(), null, Integer.MAX_VALUE);
    Checkpoints saver = new Checkpoints(folder, 2, Duration.ofDays(1));
    Result part = run(Position.start(0, 0, 0), new History(), saver, steps);
    assertThat(part.outcome.end()).isEqualTo(Trainer.End.INTERRUPTED);
    Result rest = resumed(Duration.ofDays(1));
    assertThat(rest.outcome.end()).isEqualTo(Trainer.End.FINISHED);
    same(rest, whole);
  }

  /** A saver whose process dies right after a save. */
  private record Dying(Job.Saver saver, int[] left) implements Job.Saver {
    @Override
    public void open(Network network, boolean restore) {
      saver.open(network, restore);
    }

    @Override
    public boolean due() {
      return saver.due();
    }

    @Override
    public void save(Position position, History history) {
      saver.save(position, history);
      if (--left[0] == 0) {
        throw new IllegalStateException("killed");
      }
    }
  }

  @Test
  void killedAfterAnySave() throws IOException {
    Result whole = run(Position.start(0, 0, 0), new History(), null, Integer.MAX_VALUE);
    for (int saves = 1; ; saves++) {
      Path own = Files.createDirectories(folder.resolve("after-" + saves));
      Checkpoints saver = new Checkpoints(own, 2, Duration.ZERO);
      int[] left = {saves};
      try {
        run(Position.start(0, 0, 0), new History(), new Dying(saver, left), Integer.MAX_VALUE);
        break;
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("killed");
      }
      Checkpoints.Found found = Checkpoints.latest(own).orElseThrow();
      same(
          run(
              found.position(),
              found.history(),
              new Checkpoints(own, 2, Duration.ZERO),
              Integer.MAX_VALUE),
          whole);
    }
  }

  @Test
  void anotherNumberOfCallbacksIsSaid() {
    List<Map<String, Object>> states = List.of(Map.of("epochs", 1), Map.of());
    assertThatThrownBy(() -> Callbacks.restore("stage 'test'", List.of(new Decay()), states))
        .isInstanceOf(dev.graft.error.SettingException.class)
        .hasMessage(
            "stage 'test': the checkpoint was written with 2 callbacks, there are 1 now. Go on with"
                + " the callbacks the run began with, or start anew.");
    // Those that remember nothing may come and go.
    Callbacks.restore("stage 'test'", List.of(), List.of(Map.of(), Map.of()));
  }

  @Test
  void finishedRunIsNotRunAgain() {
    Checkpoints saver = new Checkpoints(folder, 2, Duration.ofDays(1));
    Result whole = run(Position.start(0, 0, 0), new History(), saver, Integer.MAX_VALUE);
    same(resumed(Duration.ofDays(1)), whole);
  }

  @Test
  void theLastFewAreKeptUnderTensorFlowsNames() throws IOException {
    run(
        Position.start(0, 0, 0),
        new History(),
        new Checkpoints(folder, 2, Duration.ZERO),
        Integer.MAX_VALUE);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "checkpoint",
              "graft-18.index",
              "graft-18.data-00000-of-00001",
              "graft-18.json",
              "graft-2-18.index",
              "graft-2-18.data-00000-of-00001",
              "graft-2-18.json");
    }
    assertThat(folder.resolve("checkpoint"))
        .content()
        .isEqualTo(
            """
            model_checkpoint_path: "graft-2-18"
            all_model_checkpoint_paths: "graft-18"
            all_model_checkpoint_paths: "graft-2-18"
            """);
  }

  @Test
  void halfWrittenCheckpointIsPassedOverAndSwept() throws IOException {
    Checkpoints saver = new Checkpoints(folder, 2, Duration.ofDays(1));
    Result part = run(Position.start(0, 0, 0), new History(), saver, 4);
    assertThat(part.outcome.position().step()).isEqualTo(4);
    Files.writeString(folder.resolve("graft-5.data-00000-of-00001.tempstate7"), "half");
    Result whole = run(Position.start(0, 0, 0), new History(), null, Integer.MAX_VALUE);
    same(resumed(Duration.ofDays(1)), whole);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.contains("tempstate"));
    }
  }

  @Test
  void stateFileThatPointsElsewhereIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("checkpoint"), "model_checkpoint_path: \"../../etc/graft-1\"\n");
    assertThatThrownBy(() -> Checkpoints.latest(folder))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("expected TensorFlow's list of checkpoints, came");
  }

  @Test
  void emptyFolderHasNone() {
    assertThat(Checkpoints.latest(folder)).isEmpty();
  }

  private Result resumed(Duration every) {
    Checkpoints.Found found = Checkpoints.latest(folder).orElseThrow();
    return run(
        found.position(), found.history(), new Checkpoints(folder, 2, every), Integer.MAX_VALUE);
  }

  private static void same(Result came, Result expected) {
    expected.weights.forEach(
        (name, values) -> assertThat(came.weights.get(name)).as(name).isEqualTo(values));
    assertThat(logs(came)).isEqualTo(logs(expected));
    assertThat(came.outcome.position().step()).isEqualTo(expected.outcome.position().step());
    assertThat(came.history.epochs()).hasSize(EPOCHS);
  }

  private static List<Map<String, Double>> logs(Result result) {
    return result.history.epochs().stream().map(History.Epoch::logs).toList();
  }

  private record Result(Trainer.Outcome outcome, Map<String, float[]> weights, History history) {}

  private Result run(Position start, History history, Job.Saver saver, int steps) {
    Loss loss = Losses.read(Config.of("sparse_categorical_crossentropy", "loss"));
    Stage stage =
        Stage.of(
                "test",
                Objective.of(loss, List.of(Metrics.read(Config.of("accuracy", "metrics")))),
                Optimizers.read(Config.of("adam", "optimizer")),
                Pace.of(EPOCHS, 4))
            .with(new Decay());
    Model model = Nets.sequential(Config.parse(LAYERS, "layers"), Set.of(), 6, 6, 1);
    try (Network network =
        Network.forTraining(model, new Settings(1, "cpu", Settings.Precision.FLOAT32), 7)) {
      network.initialize(7);
      int[] left = {steps};
      Job job =
          new Job(
              network,
              stage,
              rows(),
              rows().range(0, 7),
              start,
              7,
              history,
              saver,
              () -> --left[0] <= 0,
              dev.graft.progress.Progress.NONE,
              new FeatureCache());
      Trainer.Outcome outcome = Trainer.fit(job);
      return new Result(outcome, network.weights(), history);
    }
  }

  private static Rows rows() {
    float[] x = new float[ROWS * 36];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    float[] y = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      y[i] = i * 5 % 3;
    }
    return Rows.of(
        NpyArray.of(new long[] {ROWS, 6, 6, 1}, x), NpyArray.of(new long[] {ROWS, 1}, y));
  }
}
