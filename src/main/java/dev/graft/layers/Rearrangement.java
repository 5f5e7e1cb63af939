package dev.graft.layers;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/** An operation that moves the elements of one tensor, whatever their type. */
abstract class Rearrangement implements Operations.Op {
  private final String input;

  Rearrangement(String input) {
    this.input = input;
  }

  /** The shape that comes out of {@code in}. */
  abstract Spec shape(Spec in, OpArguments arguments);

  /** Writes the op. */
  abstract <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments arguments);

  @Override
  public final List<Spec> outputs(OpArguments arguments) {
    return List.of(shape(arguments.spec(input), arguments));
  }

  @Override
  public final List<Value> emit(Call call, OpArguments arguments) {
    return List.of(
        Value.of(move(call.tf(), arguments.tensor(input), arguments.spec(input), arguments)));
  }
}
