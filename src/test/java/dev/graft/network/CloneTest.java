package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.files.FloatSink;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.WeightStore;
import dev.graft.model.Surgery;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.op.Op;

/** Copies of a network are independent; paths of one network share its weights. */
class CloneTest {
  private static final Model MODEL =
      Surgery.sequential(
          "tiny",
          new InputLayer(Spec.floats(-1, 3)),
          List.of(new Surgery.Named("one", dense(4)), new Surgery.Named("two", dense(2))));

  private static dev.graft.layers.Layer dense(int units) {
    return Layers.standard().read("Dense", Config.of(Map.of("units", units), "dense"));
  }

  private static float[] run(Network network, Path path) {
    try (Tensor x = Tensors.floats(new float[] {1, -2, 3}, 1, 3);
        Result y = network.run(path, List.of(x))) {
      return Tensors.read(y.get(0));
    }
  }

  @Test
  void aCloneHasTheSameWeightsAndKeepsThem() {
    try (Network a = Network.forTraining(MODEL, Settings.standard(), 1);
        Network clone = Network.forTraining(MODEL, Settings.standard(), 1)) {
      a.initialize(1);
      MODEL.variables().forEach(v -> clone.assign(v.name(), a.values(v.name())));
      float[] before = run(a, a.inference());
      assertThat(run(clone, clone.inference())).isEqualTo(before);
      a.assign("one/kernel", new float[12]);
      assertThat(run(a, a.inference())).isNotEqualTo(before);
      assertThat(run(clone, clone.inference())).isEqualTo(before);
    }
  }

  @Test
  void whoSharesWeightsKeepsThemWhenTheOtherTrains() {
    try (Network a = Network.forTraining(MODEL, Settings.standard(), 1);
        Network other = Network.forTraining(MODEL, Settings.standard(), 1)) {
      a.initialize(1);
      other.share(a);
      float[] before = run(a, a.inference());
      assertThat(run(other, other.inference())).isEqualTo(before);
      Op step =
          a.ops()
              .train
              .resourceApplyGradientDescent(
                  a.variable("one/kernel").handle(),
                  a.ops().constant(0.1f),
                  a.ops().onesLike(a.variable("one/kernel").read()));
      a.session().runner().addTarget(step).run().close();
      assertThat(run(a, a.inference())).isNotEqualTo(before);
      assertThat(run(other, other.inference())).isEqualTo(before);
    }
  }

  @Test
  void valuesAreReadInPartsAsOftenAsWanted() {
    Model wide =
        Surgery.sequential(
            "wide",
            new InputLayer(Spec.floats(-1, 300)),
            List.of(new Surgery.Named("one", dense(301))));
    try (Network network = Network.forTraining(wide, Settings.standard(), 1)) {
      network.initialize(1);
      for (WeightStore store : List.of(network.unchanging(), network)) {
        for (String name : List.of("one/kernel", "one/bias")) {
          store.read(
              name,
              values -> {
                assertThat(parts(values, 3)).isEqualTo(network.values(name));
                assertThat(parts(values, 2)).isEqualTo(network.values(name));
              });
        }
      }
    }
  }

  private static float[] parts(WeightStore.Values values, int count) {
    List<List<Float>> parts =
        Stream.generate(() -> (List<Float>) new ArrayList<Float>()).limit(count).toList();
    List<FloatSink> sinks = new ArrayList<>();
    for (List<Float> part : parts) {
      sinks.add(
          (piece, n) -> {
            for (int i = 0; i < n; i++) {
              part.add(piece[i]);
            }
          });
    }
    values.read(sinks);
    List<Float> all = parts.stream().flatMap(List::stream).toList();
    float[] floats = new float[all.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = all.get(i);
    }
    return floats;
  }

  @Test
  void pathsOfOneNetworkShareTheirWeights() {
    try (Network network = Network.forTraining(MODEL, Settings.standard(), 1)) {
      network.initialize(1);
      Path features = network.path(Path.Mode.INFERENCE, MODEL.inputs(), List.of(Ref.of("one")));
      float[] whole = run(network, network.inference());
      float[] part = run(network, features);
      network.assign("one/kernel", new float[12]);
      assertThat(run(network, features)).isNotEqualTo(part).containsOnly(0);
      assertThat(run(network, network.inference())).isNotEqualTo(whole).containsOnly(0);
    }
  }
}
