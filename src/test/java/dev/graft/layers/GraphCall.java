package dev.graft.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** One use of a layer over given weights, in a graph of its own. */
record GraphCall(
    Ops tf,
    List<Value> inputs,
    List<Spec> specs,
    Map<String, Object> arguments,
    String prefix,
    boolean training,
    boolean trainable,
    State state)
    implements Call {
  /** What calls share and leave behind. */
  record State(
      Map<String, Operand<TFloat32>> weights,
      Map<String, Operand<TFloat32>> updates,
      List<Operand<TFloat32>> losses,
      long seed) {
    static State of(Map<String, Operand<TFloat32>> weights) {
      return new State(weights, new LinkedHashMap<>(), new ArrayList<>(), 1);
    }
  }

  @Override
  public Operand<TFloat32> weight(String slot) {
    Operand<TFloat32> weight = state.weights().get(prefix + slot);
    if (weight == null) {
      throw new IllegalArgumentException(
          "no weight " + prefix + slot + " in " + state.weights().keySet());
    }
    return weight;
  }

  @Override
  public Operand<TInt64> seed(Integer seed, int index) {
    long key = (seed == null ? state.seed() : seed) * 1000003 + prefix.hashCode() * 31L + index;
    return tf.constant(new long[] {key, state.seed()});
  }

  @Override
  public void update(String slot, Operand<TFloat32> value) {
    state.updates().put(prefix + slot, value);
  }

  @Override
  public void addLoss(Operand<TFloat32> loss) {
    state.losses().add(loss);
  }

  @Override
  public List<Value> inner(Inner inner) {
    return inner
        .layer()
        .call(
            new GraphCall(
                tf,
                inner.inputs(),
                inner.specs(),
                inner.arguments(),
                prefix + inner.prefix() + "/",
                Call.training(training, inner.arguments()),
                trainable && inner.trainable(),
                state));
  }
}
