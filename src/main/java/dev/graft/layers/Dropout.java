package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's Dropout: in training sets a share of the inputs to 0 and scales the rest up.
 *
 * @param rate the share dropped, 0 to 1
 * @param noiseShape sizes of the random mask, null where it takes the input's; null for all
 * @param seed or null
 */
public record Dropout(double rate, List<Integer> noiseShape, Integer seed) implements Unary {
  static Dropout read(Config c) {
    double rate = c.number("rate");
    if (rate < 0 || rate > 1) {
      throw c.get("rate").wrong("a share between 0 and 1");
    }
    List<Integer> noise = null;
    if (c.has("noise_shape")) {
      noise =
          new java.util.ArrayList<>(
              c.get("noise_shape").items().stream()
                  .map(item -> item.isNull() ? null : item.integer())
                  .toList());
    }
    return new Dropout(rate, noise, c.has("seed") ? c.integer("seed") : null);
  }

  @Override
  public boolean random() {
    return rate > 0;
  }

  @Override
  public Spec output(Spec input) {
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    if (!call.training() || rate == 0) {
      return x;
    }
    Ops tf = call.tf();
    if (rate == 1) {
      return tf.zerosLike(x);
    }
    Operand<TInt32> shape = tf.shape(x);
    if (noiseShape != null) {
      List<Operand<TInt32>> sizes = new java.util.ArrayList<>();
      for (int i = 0; i < noiseShape.size(); i++) {
        sizes.add(
            noiseShape.get(i) == null
                ? tf.gather(shape, tf.constant(i), tf.constant(0))
                : tf.constant(noiseShape.get(i)));
      }
      shape = tf.stack(sizes);
    }
    Operand<TFloat32> draw = tf.random.statelessRandomUniform(shape, call.seed(seed, 0));
    Operand<TFloat32> keep =
        tf.dtypes.cast(tf.math.greaterEqual(draw, tf.constant((float) rate)), TFloat32.class);
    Operand<TFloat32> scaled = tf.math.mul(x, tf.constant((float) (1 / (1 - rate))));
    return tf.math.mul(scaled, keep);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rate", rate);
    config.put("seed", seed);
    config.put("noise_shape", noiseShape);
    return config;
  }
}
