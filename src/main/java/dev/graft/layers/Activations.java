package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's activations without parameters, under Keras's names. Source:
 * keras/src/activations/activations.py, Keras 3.15.
 */
public enum Activations implements Activation {
  LINEAR((f, x) -> x),
  RELU((f, x) -> f.tf().nn.relu(x)),
  RELU6((f, x) -> f.tf().nn.relu6(x)),
  LEAKY_RELU((f, x) -> Curves.leakyRelu(f, x, 0.2)),
  ELU((f, x) -> f.tf().nn.elu(x)),
  SELU((f, x) -> f.tf().nn.selu(x)),
  CELU((f, x) -> Curves.celu(f, x, 1)),
  GELU((f, x) -> Curves.gelu(f, x, false)),
  SIGMOID((f, x) -> f.tf().math.sigmoid(x)),
  LOG_SIGMOID((f, x) -> Curves.logSigmoid(f, x)),
  HARD_SIGMOID((f, x) -> Curves.hardSigmoid(f, x)),
  /** Keras 2's hard_sigmoid, which is steeper: {@code clip(0.2 x + 0.5, 0, 1)}. */
  HARD_SIGMOID_KERAS2((f, x) -> f.clip(f.add(f.mul(x, 0.2), 0.5), 0, 1)),
  SPARSE_SIGMOID((f, x) -> f.clip(f.mul(f.add(x, 1), 0.5), 0, 1)),
  SILU((f, x) -> f.mul(x, f.tf().math.sigmoid(x))),
  HARD_SILU((f, x) -> f.mul(x, Curves.hardSigmoid(f, x))),
  TANH((f, x) -> Curves.tanh(f, x)),
  HARD_TANH((f, x) -> f.clip(x, -1, 1)),
  TANH_SHRINK((f, x) -> f.sub(x, f.tf().math.tanh(x))),
  SOFT_SHRINK((f, x) -> Curves.softShrink(f, x, 0.5)),
  HARD_SHRINK((f, x) -> Curves.hardShrink(f, x, 0.5)),
  SOFTMAX((f, x) -> f.tf().nn.softmax(x)),
  LOG_SOFTMAX((f, x) -> Curves.logSoftmax(f, x)),
  SPARSEMAX((f, x) -> Curves.sparsemax(f, x)),
  SOFTPLUS((f, x) -> f.tf().math.softplus(x)),
  SPARSE_PLUS((f, x) -> Curves.sparsePlus(f, x)),
  SQUAREPLUS((f, x) -> Curves.squarePlus(f, x, 4)),
  SOFTSIGN((f, x) -> f.tf().nn.softsign(x)),
  MISH((f, x) -> f.mul(x, f.tf().math.tanh(f.tf().math.softplus(x)))),
  EXPONENTIAL((f, x) -> f.tf().math.exp(x));

  private static final Map<String, Activations> ALIASES =
      Map.of("swish", SILU, "hard_swish", HARD_SILU, "softmax_v2", SOFTMAX, "exp", EXPONENTIAL);

  @SuppressWarnings("ImmutableEnumChecker") // the functions hold no state
  private final BiFunction<Floats, Operand<TFloat32>, Operand<TFloat32>> curve;

  Activations(BiFunction<Floats, Operand<TFloat32>, Operand<TFloat32>> curve) {
    this.curve = curve;
  }

  @Override
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
    return curve.apply(new Floats(tf), x);
  }

  @Override
  public Object config() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The activation under {@code key} of a layer's config; absent or null is linear. */
  public static Activation read(Config config, String key) {
    return config.has(key) ? of(config.get(key)) : LINEAR;
  }

  /** The activation that Keras calls {@code name}, or null. */
  static Activations named(String name) {
    for (Activations activation : values()) {
      if (activation.config().equals(name)) {
        return activation;
      }
    }
    return ALIASES.get(name);
  }

  private static Activation of(Config value) {
    if (value.isObject() && value.keys().contains("class_name")) {
      String kind = value.string("class_name");
      if (kind.equals("function")) {
        value.ignore("module", "registered_name");
        return of(value.get("config"));
      }
    }
    Config.Named named = value.named();
    Activation found = named(named.className());
    if (found == null) {
      found = LayerActivation.read(named);
    }
    if (found == null) {
      Map<String, Activation> known = new LinkedHashMap<>(ALIASES);
      Arrays.stream(values()).forEach(a -> known.put(a.config().toString(), a));
      throw new UnsupportedException(
          value.where()
              + ": Graft has no activation '"
              + named.className()
              + "'."
              + Nearest.hint(named.className(), known.keySet()));
    }
    return found;
  }
}
