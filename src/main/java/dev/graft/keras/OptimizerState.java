package dev.graft.keras;

import dev.graft.files.FloatSink;
import java.util.List;

/**
 * An optimizer's state: how many updates it made, and its slots for each weight.
 *
 * @param iterations updates so far
 * @param slots names of its slots as Keras 3 has them: {@code momentum} and {@code velocity} for
 *     Adam
 * @param variables the weights that have slots, {@code layer/slot}, in the model's order
 * @param values the values of a slot, read when asked for
 * @param momentumSchedule Nadam's running product of its momentum schedule; 1 for all others
 */
public record OptimizerState(
    long iterations,
    List<String> slots,
    List<String> variables,
    Values values,
    double momentumSchedule) {
  /** Values of slots. */
  @FunctionalInterface
  public interface Values {
    /** Slot {@code slot} of weight {@code variable}, in row-major order. */
    float[] values(String slot, String variable);

    /** Gives the same values to {@code sink}, where they can be had in pieces. */
    default void read(String slot, String variable, FloatSink sink) {
      float[] all = values(slot, variable);
      sink.accept(all, all.length);
    }
  }

  /** True when the order in which Keras keeps this optimizer's slots is known. */
  public static boolean known(String optimizer) {
    return OptimizerSlots.knows(optimizer);
  }

  /** Copies its lists. */
  public OptimizerState {
    slots = List.copyOf(slots);
    variables = List.copyOf(variables);
  }
}
