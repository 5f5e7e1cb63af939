package dev.graft.export;

import dev.graft.config.Config;
import dev.graft.layers.BatchNormalization;
import dev.graft.layers.Identity;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import dev.graft.layers.WeightStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network for prediction alone, with each BatchNormalization that follows a convolution or Dense
 * layer folded into that layer's weights: {@code kernel · gamma / √(variance + epsilon)}, and the
 * rest into its bias. The layer BatchNormalization stays under its name and hands its input on.
 * Networks inside the network are folded likewise, at any depth.
 *
 * @param model the network
 * @param weights its weights
 * @param folded how many layers were folded
 */
public record Folding(Model model, WeightStore weights, int folded) {
  /** The weight that is scaled, by the class of the layer. */
  private static final Map<String, String> KERNELS =
      Map.of(
          "Conv1D", "kernel",
          "Conv2D", "kernel",
          "Conv3D", "kernel",
          "Dense", "kernel",
          "DepthwiseConv2D", "kernel",
          "SeparableConv2D", "pointwise_kernel",
          "Conv2DTranspose", "kernel");

  /**
   * Folds what can be folded in {@code model}.
   *
   * @param shown layers whose outputs are asked for and so stay as they are
   */
  public static Folding of(Model model, WeightStore weights, Collection<String> shown) {
    Map<String, float[]> values = new HashMap<>();
    Model folded = new Work(model, "", weights, values, new HashMap<>()).done(shown);
    return new Folding(
        folded,
        name -> values.containsKey(name) ? values.get(name) : weights.values(name),
        values.size() / 2);
  }

  /**
   * One network, the outermost or one inside it.
   *
   * @param prefix stands before the names of its weights
   * @param values weights that are others now: kernel and bias of each folded layer
   * @param changed layers that are others now
   */
  private record Work(
      Model model,
      String prefix,
      WeightStore weights,
      Map<String, float[]> values,
      Map<String, Layer> changed) {
    Model done(Collection<String> shown) {
      Map<String, Integer> calls = new HashMap<>();
      Map<Ref, Integer> readers = new HashMap<>();
      model.uses().forEach(use -> calls.merge(use.layer(), 1, Integer::sum));
      model.uses().forEach(use -> use.inputs().forEach(ref -> readers.merge(ref, 1, Integer::sum)));
      model.outputs().forEach(ref -> readers.merge(ref, 1, Integer::sum));
      shown.forEach(layer -> readers.merge(Ref.of(layer), 1, Integer::sum));
      for (Use use : model.uses()) {
        Ref from = use.inputs().isEmpty() ? null : use.inputs().get(0);
        if (from != null
            && calls.get(use.layer()) == 1
            && calls.get(from.layer()) == 1
            && readers.get(from) == 1) {
          fold(use.layer(), from.layer());
        }
      }
      return model.map(
          entry -> {
            if (entry.layer() instanceof Nested nested) {
              String inside = prefix + entry.name() + "/";
              Work inner = new Work(nested.model(), inside, weights, values, new HashMap<>());
              return entry.with(new Nested(inner.done(List.of())));
            }
            return entry.with(changed.getOrDefault(entry.name(), entry.layer()));
          });
    }

    private float[] values(String weight) {
      return weights.values(prefix + weight);
    }

    private void fold(String normName, String name) {
      Layer layer = model.layer(name).layer();
      if (!(model.layer(normName).layer() instanceof BatchNormalization norm)
          || !KERNELS.containsKey(layer.className())
          || !"linear".equals(layer.config().get("activation"))
          || "channels_first".equals(layer.config().get("data_format"))) {
        return;
      }
      int rank = model.specs().get(Ref.of(name)).rank();
      if (norm.axis() != -1 && norm.axis() != rank - 1) {
        return;
      }
      float[] mean = values(normName + "/moving_mean");
      float[] variance = values(normName + "/moving_variance");
      float[] scale = new float[mean.length];
      float[] shift = new float[mean.length];
      float[] gamma = norm.scale() ? values(normName + "/gamma") : null;
      float[] beta = norm.center() ? values(normName + "/beta") : null;
      boolean biased = Boolean.TRUE.equals(layer.config().get("use_bias"));
      float[] bias = biased ? values(name + "/bias") : new float[mean.length];
      for (int i = 0; i < mean.length; i++) {
        double by = (gamma == null ? 1 : gamma[i]) / Math.sqrt(variance[i] + norm.epsilon());
        scale[i] = (float) by;
        shift[i] = (float) ((bias[i] - mean[i]) * by + (beta == null ? 0 : beta[i]));
      }
      String kernel = name + "/" + KERNELS.get(layer.className());
      values.put(prefix + kernel, scaled(layer, values(kernel), scale, shape(kernel)));
      values.put(prefix + name + "/bias", shift);
      Map<String, Object> config = new LinkedHashMap<>(layer.config());
      config.put("use_bias", true);
      changed.put(name, Layers.standard().read(layer.className(), Config.of(config, name)));
      changed.put(normName, new Identity());
    }

    private long[] shape(String weight) {
      return model.variables().stream()
          .filter(variable -> variable.name().equals(weight))
          .findFirst()
          .orElseThrow()
          .slot()
          .shape()
          .asArray();
    }
  }

  /** The kernel times the scale of the channel each element leads to. */
  private static float[] scaled(Layer layer, float[] kernel, float[] scale, long... shape) {
    // The filters of a transposed convolution come before its channels.
    int inner = layer.className().endsWith("Transpose") ? (int) shape[shape.length - 1] : 1;
    float[] out = new float[kernel.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = kernel[i] * scale[i / inner % scale.length];
    }
    return out;
  }
}
