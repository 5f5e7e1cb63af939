package dev.graft.layers;

import java.util.List;

/** Keras 3's ConvertToTensor: what is a tensor already stays as it is, unless a type is named. */
final class HandedOn implements Operations.Op {
  private final Casting casting = new Casting("dtype");

  @Override
  public List<Spec> outputs(OpArguments a) {
    return a.string("dtype", null) == null ? List.of(a.spec("x")) : casting.outputs(a);
  }

  @Override
  public List<Value> emit(Call call, OpArguments a) {
    return a.string("dtype", null) == null
        ? List.of(Value.of(call.tf().identity(a.tensor("x"))))
        : casting.emit(call, a);
  }
}
