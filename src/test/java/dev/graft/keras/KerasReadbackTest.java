package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.RealKeras;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** Real Keras of both generations opens what we write and computes what we compute. */
@Tag("python")
class KerasReadbackTest {
  private static final int BATCH = 3;

  @TempDir Path folder;

  @Test
  void bothKerasesComputeWhatWeCompute() throws Exception {
    write("plain", Nets.sequentialNet());
    write("branches", Nets.functionalNet());
    assertThat(RealKeras.run("tools/readback/keras_check.py", folder.toString()))
        .contains("14 files give Graft's outputs");
  }

  private void write(String name, Model model) {
    KerasWriter.Contents contents = KerasWriter.Contents.of(model, Nets.store(model, 5));
    KerasWriter.wholeH5(folder.resolve(name + ".h5"), contents);
    KerasWriter.keras(folder.resolve(name + ".keras"), contents);
    KerasWriter.weightsH5(folder.resolve(name + ".only.h5"), model, contents.weights());
    KerasWriter.weightsV3(folder.resolve(name + ".weights.h5"), model, contents.weights());
    KerasWriter.architecture(folder.resolve(name + ".json"), model);
    predict(name, model);
  }

  private void predict(String name, Model model) {
    Random random = new Random(9);
    try (Network network = Network.forInference(model, Settings.standard())) {
      network.assign(Nets.store(model, 5));
      List<Tensor> inputs = new ArrayList<>();
      for (Ref ref : model.inputs()) {
        Spec spec = model.specs().get(ref);
        long[] shape = spec.shape().asArray();
        shape[0] = BATCH;
        float[] values = new float[(int) (BATCH * spec.perExample())];
        for (int i = 0; i < values.length; i++) {
          values[i] = random.nextFloat();
        }
        save(name + ".input." + inputs.size(), shape, values);
        inputs.add(Tensors.floats(values, shape));
      }
      try (Result result = network.run(network.inference(), inputs)) {
        for (int i = 0; i < result.size(); i++) {
          Tensor output = result.get(i);
          save(name + ".output." + i, output.shape().asArray(), Tensors.read(output));
        }
      } finally {
        inputs.forEach(Tensor::close);
      }
    }
  }

  private void save(String name, long[] shape, float... values) {
    NpyWriter.save(folder.resolve(name + ".npy"), NpyArray.of(shape, values));
  }
}
