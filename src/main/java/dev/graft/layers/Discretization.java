package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt32;

/**
 * Keras's Discretization: the number of the bin that a value falls into. A value on a boundary
 * belongs to the bin above it. Source: keras/src/layers/preprocessing/discretization.py, Keras
 * 3.15.
 *
 * @param boundaries between bins, rising
 */
public record Discretization(List<Double> boundaries, Categories.Mode mode) implements Layer {
  static Discretization read(Config c) {
    // What the boundaries were found with, when they were.
    c.ignore("num_bins", "epsilon");
    if (!c.has("bin_boundaries")) {
      throw new UnsupportedException(
          c.where("bin_boundaries")
              + ": the layer does not say its boundaries (tf_keras keeps those of adapt() among the"
              + " weights). Save it with bin_boundaries=layer.bin_boundaries.");
    }
    return new Discretization(
        Arrays.stream(Numbers.array(c.get("bin_boundaries")).numbers()).boxed().toList(),
        Categories.mode(c, Categories.Mode.INT));
  }

  private Categories encoding() {
    return new Categories(mode, boundaries.size() + 1);
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    return List.of(encoding().output(Categories.only(inputs, "Discretization"), "Discretization"));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    List<Float> bounds = boundaries.stream().map(Double::floatValue).toList();
    Operand<TInt32> bins = f.tf().bucketize(call.x(), bounds);
    return List.of(
        Value.of(encoding().encode(f, Categories.whole(f, bins), call.specs().get(0), null)));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("bin_boundaries", boundaries);
    config.put("output_mode", mode.keras());
    return config;
  }
}
