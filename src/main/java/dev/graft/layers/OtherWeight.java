package dev.graft.layers;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A use of a layer that finds {@code value} in place of the weight {@code slot}. */
record OtherWeight(Call call, String slot, Operand<TFloat32> value) implements Call {
  @Override
  public Operand<TFloat32> weight(String name) {
    return name.equals(slot) ? value : call.weight(name);
  }

  @Override
  public Ops tf() {
    return call.tf();
  }

  @Override
  public List<Value> inputs() {
    return call.inputs();
  }

  @Override
  public List<Spec> specs() {
    return call.specs();
  }

  @Override
  public Map<String, Object> arguments() {
    return call.arguments();
  }

  @Override
  public boolean training() {
    return call.training();
  }

  @Override
  public boolean trainable() {
    return call.trainable();
  }

  @Override
  public Operand<TInt64> seed(Integer seed, int index) {
    return call.seed(seed, index);
  }

  @Override
  public void update(String name, Operand<TFloat32> changed) {
    call.update(name, changed);
  }

  @Override
  public void addLoss(Operand<TFloat32> loss) {
    call.addLoss(loss);
  }

  @Override
  public List<Value> inner(Inner inner) {
    return call.inner(inner);
  }
}
