package dev.graft.train;

import dev.graft.layers.Spec;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A Keras loss function. */
public interface Loss {
  /** Keras's function name, such as {@code categorical_crossentropy}. */
  String name();

  /** Keras's class name, such as {@code CategoricalCrossentropy}. */
  String className();

  /**
   * The loss of each example.
   *
   * @param target (batch, …): one-hot or numbers; class indices as float32 for sparse losses
   * @param output of the network, (batch, …)
   * @return (batch, …) without the last dimension; a scalar where a loss is of all examples
   *     together
   */
  Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output);

  /** Keras's {@code get_config()}, without name, reduction and dtype. */
  Map<String, Object> config();

  /** What labels it wants. */
  Labels labels();

  /**
   * What targets it wants for an output: class numbers stand alone, all else has the output's
   * shape.
   */
  default Spec target(Spec output) {
    return labels() == Labels.SPARSE ? output.withLast(1) : output;
  }

  /** Whether targets number the outputs, and so must be less than there are. */
  default boolean countsOutputs() {
    return labels() == Labels.SPARSE;
  }

  /** How the losses of a batch become one. */
  default Reduction reduction() {
    return Reduction.MEAN;
  }

  /** Which examples count, (batch, …) of 0 and 1 like the loss; null when all do. */
  default Operand<TFloat32> counts(Ops tf, Operand<TFloat32> target) {
    return null;
  }

  /**
   * The same, where the losses of the examples tell it.
   *
   * @param each what {@link #perExample} gave
   */
  default Operand<TFloat32> counts(Ops tf, Operand<TFloat32> target, Operand<TFloat32> each) {
    return counts(tf, target);
  }

  /**
   * Why an example's targets cannot be learnt, or null when they can; asked after TensorFlow has
   * refused a batch.
   *
   * @param targets of one example
   * @param output the shape of the output, batch first
   */
  default String complaint(float[] targets, Shape output) {
    return null;
  }

  /** A label that means "not counted" and may be out of range, or null. */
  default Integer ignored() {
    return null;
  }

  /** The same loss with another reduction. */
  default Loss reduced(Reduction how) {
    return how == reduction() ? this : new ReducedLoss(this, how);
  }

  /** How labels reach a loss. */
  enum Labels {
    CATEGORICAL,
    SPARSE,
    BINARY,
    NUMBERS
  }

  /** Keras's ways from the losses of the examples to the loss of a batch. */
  enum Reduction {
    /** Weighted sum over the number of losses: {@code sum_over_batch_size}, {@code mean}. */
    MEAN("sum_over_batch_size"),
    /** Weighted sum. */
    SUM("sum"),
    /** Weighted sum over the sum of the weights. */
    WEIGHTED_MEAN("mean_with_sample_weight");

    private final String keras;

    Reduction(String keras) {
      this.keras = keras;
    }

    /** Keras's word. */
    public String keras() {
      return keras;
    }
  }
}
