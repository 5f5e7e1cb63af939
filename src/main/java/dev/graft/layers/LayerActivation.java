package dev.graft.layers;

import dev.graft.config.Config;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * An activation given as a Keras layer without weights, such as {@code LeakyReLU(0.1)}, which Keras
 * allows wherever a function may stand.
 */
record LayerActivation(Curved layer) implements Activation {
  /** A layer that is nothing but a function of each element. */
  interface Curved extends SameShape {
    /** Writes the function. */
    Operand<TFloat32> curve(Floats f, Operand<TFloat32> x);

    @Override
    default Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
      return curve(Floats.of(call), x);
    }
  }

  /** Null when {@code named} is no such layer. */
  static LayerActivation read(Config.Named named) {
    named.config().ignore("name", "dtype", "trainable");
    return switch (named.className()) {
      case "ReLU" -> new LayerActivation(ReLU.read(named.config()));
      case "LeakyReLU" -> new LayerActivation(LeakyReLU.read(named.config()));
      case "ELU" -> new LayerActivation(ELU.read(named.config()));
      default -> null;
    };
  }

  @Override
  public Object config() {
    return KerasObject.of("keras.layers", layer.className(), layer.config());
  }

  @Override
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
    return layer.curve(new Floats(tf), x);
  }
}
