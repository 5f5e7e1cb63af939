package dev.graft.train;

import dev.graft.layers.Spec;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A loss with a reduction that is not Keras's usual one. */
record ReducedLoss(Loss loss, Reduction reduction) implements Loss {
  @Override
  public String name() {
    return loss.name();
  }

  @Override
  public String className() {
    return loss.className();
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    return loss.perExample(tf, target, output);
  }

  @Override
  public Operand<TFloat32> counts(Ops tf, Operand<TFloat32> target) {
    return loss.counts(tf, target);
  }

  @Override
  public Operand<TFloat32> counts(Ops tf, Operand<TFloat32> target, Operand<TFloat32> each) {
    return loss.counts(tf, target, each);
  }

  @Override
  public String complaint(float[] targets, Shape output) {
    return loss.complaint(targets, output);
  }

  @Override
  public Integer ignored() {
    return loss.ignored();
  }

  @Override
  public Spec target(Spec output) {
    return loss.target(output);
  }

  @Override
  public boolean countsOutputs() {
    return loss.countsOutputs();
  }

  @Override
  public Map<String, Object> config() {
    return loss.config();
  }

  @Override
  public Labels labels() {
    return loss.labels();
  }
}
