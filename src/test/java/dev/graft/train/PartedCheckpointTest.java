package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.network.PartedCheckpoint;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/** Checkpoints that share what training leaves alone, and how often large ones are written. */
class PartedCheckpointTest {
  private static final String TRUNK = "trunk/kernel";
  private static final String HEAD = "head/kernel";

  @TempDir Path folder;

  @Test
  void whatStaysIsWrittenOnceAndSharedByALink() throws IOException {
    try (Network network = network(600)) {
      PartedCheckpoint checkpoint = new PartedCheckpoint(network);
      checkpoint.save(folder.resolve("graft-1"));
      network.assign(HEAD, filled(network, HEAD, 2));
      checkpoint.save(folder.resolve("graft-2"));
      assertThat(names())
          .containsExactlyInAnyOrder(
              "graft-1.index",
              "graft-1.data-00000-of-00002",
              "graft-1.data-00001-of-00002",
              "graft-2.index",
              "graft-2.data-00000-of-00002",
              "graft-2.data-00001-of-00002");
      assertThat(key("graft-2.data-00001-of-00002")).isEqualTo(key("graft-1.data-00001-of-00002"));
      assertThat(key("graft-2.data-00000-of-00002"))
          .isNotEqualTo(key("graft-1.data-00000-of-00002"));
      // Each is whole without the other.
      try (Stream<Path> first = Files.list(folder)) {
        for (Path file : first.filter(f -> f.toString().contains("graft-1.")).toList()) {
          Files.delete(file);
        }
      }
      float[] trunk = network.values(TRUNK);
      network.initialize(8);
      checkpoint.restore(folder.resolve("graft-2"));
      assertThat(network.values(TRUNK)).isEqualTo(trunk);
      assertThat(network.values(HEAD)).isEqualTo(filled(network, HEAD, 2));
    }
  }

  @Test
  void aFrozenWeightThatSomebodySetsIsWrittenAnew() throws IOException {
    try (Network network = network(600)) {
      PartedCheckpoint checkpoint = new PartedCheckpoint(network);
      float[] trunk = network.values(TRUNK);
      checkpoint.save(folder.resolve("graft-1"));
      network.assign(TRUNK, filled(network, TRUNK, 3));
      checkpoint.save(folder.resolve("graft-2"));
      checkpoint.save(folder.resolve("graft-3"));
      checkpoint.restore(folder.resolve("graft-1"));
      assertThat(network.values(TRUNK)).isEqualTo(trunk);
      for (String name : List.of("graft-2", "graft-3")) {
        network.assign(TRUNK, filled(network, TRUNK, 0));
        checkpoint.restore(folder.resolve(name));
        assertThat(network.values(TRUNK)).isEqualTo(filled(network, TRUNK, 3));
      }
    }
  }

  @Test
  void whereTheFormerFileIsGoneItIsWrittenAnew() throws IOException {
    try (Network network = network(600)) {
      PartedCheckpoint checkpoint = new PartedCheckpoint(network);
      checkpoint.save(folder.resolve("graft-1"));
      Files.delete(folder.resolve("graft-1.data-00001-of-00002"));
      checkpoint.save(folder.resolve("graft-2"));
      float[] trunk = network.values(TRUNK);
      network.initialize(8);
      checkpoint.restore(folder.resolve("graft-2"));
      assertThat(network.values(TRUNK)).isEqualTo(trunk);
    }
  }

  @Test
  void whatIsHeldStaysWhenTrainingGoesOn() throws IOException {
    try (Network network = network(600)) {
      PartedCheckpoint checkpoint = new PartedCheckpoint(network);
      float[] head = network.values(HEAD);
      float[] trunk = network.values(TRUNK);
      try (PartedCheckpoint.Held held = checkpoint.hold()) {
        Ops tf = network.ops();
        Op step =
            tf.train.resourceApplyGradientDescent(
                network.variable(HEAD).handle(),
                tf.constant(1f),
                tf.onesLike(network.variable(HEAD).read()));
        network.session().runner().addTarget(step).run().close();
        network.assign(TRUNK, filled(network, TRUNK, 3));
        held.save(folder.resolve("graft-1"));
      }
      assertThat(network.values(HEAD)).isNotEqualTo(head);
      checkpoint.restore(folder.resolve("graft-1"));
      assertThat(network.values(HEAD)).isEqualTo(head);
      assertThat(network.values(TRUNK)).isEqualTo(trunk);
    }
  }

  @Test
  void whatIsWrittenBesideIsWholeOrSaysWhyItIsNot() throws IOException {
    Checkpoints saver = new Checkpoints(folder.resolve("kept"), 2, Duration.ofDays(1));
    try (Network network = network(600)) {
      float[] head = network.values(HEAD);
      saver.open(network, false);
      saver.saveBeside(Position.start(0, 1, 10), new History());
      network.assign(HEAD, filled(network, HEAD, 2));
      // Waits for the one before.
      saver.save(Position.start(0, 2, 20), new History());
      saver.saveBeside(Position.start(0, 3, 30), new History());
      saver.rest();
      assertThat(Checkpoints.latest(folder.resolve("kept")).orElseThrow().position().step())
          .isEqualTo(30);
      assertThat(names("kept")).contains("graft-20.json").doesNotContain("graft-10.json");
      new PartedCheckpoint(network).restore(folder.resolve("kept/graft-20"));
      assertThat(network.values(HEAD)).isEqualTo(filled(network, HEAD, 2)).isNotEqualTo(head);

      Files.writeString(folder.resolve("file"), "in the way");
      Checkpoints refused = new Checkpoints(folder.resolve("file"), 2, Duration.ofDays(1));
      refused.open(network, false);
      refused.saveBeside(Position.start(0, 1, 10), new History());
      assertThatThrownBy(refused::rest).isInstanceOf(DataException.class);
      // Told once.
      refused.rest();
    }
  }

  @Test
  void aSmallFrozenPartIsNotWorthAFile() throws IOException {
    try (Network network = network(100)) {
      new PartedCheckpoint(network).save(folder.resolve("graft-1"));
      assertThat(names()).containsExactlyInAnyOrder("graft-1.index", "graft-1.data-00000-of-00001");
    }
  }

  /** Statistics of a trained BatchNormalization are not trained by gradient, but do not stay. */
  @Test
  void whatLayersUpdateDoesNotStay() {
    try (Network network = network(600)) {
      network.path(
          dev.graft.network.Path.Mode.TRAINING,
          network.model().inputs(),
          network.model().outputs());
      assertThat(network.staying().stream().map(dev.graft.network.Variable::name))
          .containsExactly("trunk/kernel", "trunk/bias");
    }
  }

  @Test
  void ofShortEpochsOnlySomeAreWritten() throws IOException {
    // A second goes by at each look at the clock: writing takes one, an epoch some.
    long[] clock = {0};
    Spared saving = new Spared(() -> clock[0] += 1_000_000_000L);
    Checkpoints saver = new Checkpoints(folder, 9, Duration.ofDays(1), saving);
    try (Network network = network(10)) {
      saver.open(network, false);
      for (int epoch = 1; epoch <= 24; epoch++) {
        saver.reached(Position.start(0, epoch, epoch), new History());
      }
      saver.save(Position.start(0, 25, 25), new History());
    }
    assertThat(Checkpoints.latest(folder).orElseThrow().position().step()).isEqualTo(25);
    assertThat(names().stream().filter(name -> name.endsWith(".json")))
        .containsExactlyInAnyOrder(
            "graft-1.json", "graft-7.json", "graft-13.json", "graft-19.json", "graft-25.json");
  }

  /** A frozen layer, a BatchNormalization and a head of {@code units} squared weights each. */
  private static Network network(int units) {
    String layers =
        """
        [{"Dense": {"name": "trunk", "units": %d}},
         {"BatchNormalization": {"name": "norm"}},
         {"Dense": {"name": "head", "units": %d}}]
        """
            .formatted(units, units);
    Model model = Nets.sequential(Config.parse(layers, "layers"), Set.of("trunk"), units);
    Network network =
        Network.forTraining(model, new Settings(1, "cpu", Settings.Precision.FLOAT32), 7);
    network.initialize(7);
    return network;
  }

  private static float[] filled(Network network, String name, float value) {
    float[] values = new float[(int) network.variable(name).shape().size()];
    Arrays.fill(values, value);
    return values;
  }

  private List<String> names() throws IOException {
    return names(".");
  }

  private List<String> names(String below) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(below))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("checkpoint"))
          .toList();
    }
  }

  private Object key(String name) throws IOException {
    return Files.getAttribute(folder.resolve(name), "unix:ino");
  }
}
