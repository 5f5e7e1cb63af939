package dev.graft.train;

import dev.graft.network.Variable;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A Keras optimizer: how a gradient changes a weight. */
public interface Optimizer {
  /** Keras's class name. */
  default String className() {
    return getClass().getSimpleName();
  }

  /** The learning rate over the steps. */
  Schedule learningRate();

  /** The names of the slots it keeps for each weight, all starting at 0: {@code m}, {@code v}. */
  List<String> slots();

  /** Writes the op that changes one weight. */
  Op update(Update update);

  /** Keras's {@code get_config()}. */
  Map<String, Object> config();

  /**
   * What an update may use.
   *
   * @param variable the weight
   * @param gradient of the loss with respect to it
   * @param rate the learning rate of this step, a scalar
   * @param step the number of this update, from 1, a scalar
   * @param slot gives the slot of this weight by name
   */
  record Update(
      Ops tf,
      Variable variable,
      Operand<TFloat32> gradient,
      Operand<TFloat32> rate,
      Operand<TFloat32> step,
      Function<String, Variable> slot) {}
}
