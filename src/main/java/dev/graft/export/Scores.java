package dev.graft.export;

import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.model.Inlining;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** How a classifier's output, (batch, units), becomes one probability a class. */
public enum Scores {
  /** The output is probabilities. */
  PROBABILITIES {
    @Override
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> output) {
      return output;
    }
  },
  /** One class is right: the softmax of the output. */
  SOFTMAX {
    @Override
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> output) {
      return tf.nn.softmax(output);
    }
  },
  /** Each class on its own: the sigmoid of the output. */
  SIGMOID {
    @Override
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> output) {
      return tf.math.sigmoid(output);
    }
  };

  abstract Operand<TFloat32> of(Ops tf, Operand<TFloat32> output);

  /**
   * What the last layer of a model gives: probabilities when its activation is softmax or sigmoid;
   * nothing for any other, which is a regression or, by the word of its loss, logits.
   */
  public static Optional<Scores> of(Model model) {
    if (model.outputs().size() != 1) {
      return Optional.empty();
    }
    Model flat = Inlining.of(model);
    Layer last = flat.layer(flat.outputs().get(0).layer()).layer();
    Object activation = last.config().getOrDefault("activation", last.className());
    return List.of("softmax", "sigmoid")
            .contains(String.valueOf(activation).toLowerCase(Locale.ROOT))
        ? Optional.of(PROBABILITIES)
        : Optional.empty();
  }
}
