package dev.graft.train;

import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;

/**
 * How a gradient changes a weight: what distinguishes one Keras optimizer from another. Clipping,
 * weight decay, averages and the learning rate are the {@link Optimizer}'s.
 */
public interface Rule {
  /** Keras's class name. */
  default String className() {
    return getClass().getSimpleName();
  }

  /**
   * The variables kept for a weight of shape {@code weight}, under the names Keras 3 gives them.
   */
  List<Slot> slots(Shape weight);

  /** Writes the ops that change one weight and its slots. */
  Op update(Update update);

  /** What Keras's {@code get_config()} has of this rule alone. */
  Map<String, Object> config();

  /**
   * A variable kept for a weight.
   *
   * @param shape the weight's own, mostly
   * @param initial the value it starts with, in all places; NaN for a copy of the weight
   * @param group slots of one group stand together for each weight in a file, group after group
   */
  record Slot(String name, Shape shape, float initial, int group) {
    /** A group that no file has: the slot can be computed from the others or has no meaning. */
    static final int INTERNAL = -1;

    /** A group for what Keras keeps once, for all weights together. */
    static final int SHARED = Integer.MAX_VALUE;

    /** A slot that starts as a copy of the weight. */
    static Slot likeWeight(String name, Shape shape, int group) {
      return new Slot(name, shape, Float.NaN, group);
    }

    /** Whether it starts as a copy of the weight. */
    boolean startsAsWeight() {
      return Float.isNaN(initial);
    }

    /** A slot that starts with zeros. */
    static Slot zeros(String name, Shape shape, int group) {
      return new Slot(name, shape, 0, group);
    }
  }
}
