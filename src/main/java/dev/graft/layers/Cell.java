package dev.graft.layers;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * One step of a recurrent layer: from the step's input and the states to the output and the new
 * states. What does not depend on the states is computed for all steps at once.
 */
interface Cell {
  /** Keras's class name of the cell. */
  String className();

  /** Its weights in Keras's order; {@code step} is the input of one step, batch first. */
  List<Slot> slots(Spec step);

  /** Shape of the output of one step. */
  Spec output(Spec step);

  /** Shapes of the states. */
  List<Spec> states(Spec step);

  /** True when training draws random numbers. */
  boolean random();

  /** Keras's settings of the cell. */
  Map<String, Object> config();

  /** Starts one use of the cell. */
  Run run(Scope scope, Spec step);

  /** One use of a cell: the same dropout masks serve all steps, as in Keras. */
  interface Run {
    /**
     * The part of a step that depends on its input alone, for all steps at once.
     *
     * @param x (batch, steps, …)
     * @return (batch, steps, …)
     */
    Operand<TFloat32> project(Operand<TFloat32> x, Spec steps);

    /** Output first, then the new states. */
    List<Operand<TFloat32>> step(Operand<TFloat32> projected, List<Operand<TFloat32>> states);

    /** An output or state as Keras orders its dimensions. */
    default Operand<TFloat32> outward(Operand<TFloat32> y) {
      return y;
    }

    /** A state that a caller gives, as the cell orders its dimensions. */
    default Operand<TFloat32> inward(Operand<TFloat32> state) {
      return state;
    }
  }

  /**
   * Where a cell finds its weights and its random numbers.
   *
   * @param prefix comes before the names of its weights
   * @param draw how many random ops of the layer come before the cell's
   */
  record Scope(Call call, String prefix, int draw) {
    Operand<TFloat32> weight(String slot) {
      return call.weight(prefix + slot);
    }

    Floats floats() {
      return Floats.of(call);
    }

    /**
     * A dropout mask in the shape (batch, …) of {@code like}: 0, or {@code 1 / (1 − rate)}; null
     * when nothing is dropped.
     */
    Operand<TFloat32> mask(Operand<TFloat32> like, double rate, Integer seed, int index) {
      if (!call.training() || rate <= 0) {
        return null;
      }
      Floats f = floats();
      Operand<TFloat32> draws =
          f.tf().random.statelessRandomUniform(f.tf().shape(like), call.seed(seed, draw + index));
      Operand<TFloat32> kept =
          f.cast(f.tf().math.greaterEqual(draws, f.constant(Math.min(rate, 1))));
      return rate >= 1 ? kept : f.mul(kept, 1 / (1 - rate));
    }
  }
}
