package dev.graft.keras;

import dev.graft.files.NpyArray;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** What the network of a file gives for arrays. */
final class Computed {
  private Computed() {}

  /**
   * The outputs, in the model's order.
   *
   * @param inputs the array for the input layer of a name
   */
  static List<float[]> outputs(Path file, Model model, Function<String, NpyArray> inputs) {
    List<float[]> outputs = new ArrayList<>();
    List<Tensor> fed = new ArrayList<>();
    try (Network network = Network.forInference(model, Settings.standard())) {
      try (WeightFile weights = WeightFile.open(file)) {
        network.assign(WeightMatch.of(model, weights, LoadOptions.strict()).store(null));
      }
      for (Ref ref : model.inputs()) {
        NpyArray array = inputs.apply(ref.layer());
        fed.add(Tensors.floats(array.floats(), array.shape()));
      }
      try (Result result = network.run(network.inference(), fed)) {
        for (int i = 0; i < result.size(); i++) {
          outputs.add(Tensors.read(result.get(i)));
        }
      }
    } finally {
      fed.forEach(Tensor::close);
    }
    return outputs;
  }
}
