package dev.graft.network;

import dev.graft.layers.Call;
import dev.graft.layers.Spec;
import dev.graft.layers.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** One use of a layer during an {@link Emission}. */
final class LayerCall implements Call {
  private final Emission emission;
  private final String layer;
  private final boolean trainable;
  private final Ops tf;
  private final Arguments arguments;

  /** What the layer is called with. */
  record Arguments(List<Value> inputs, List<Spec> specs, Map<String, Object> keywords) {}

  LayerCall(Emission emission, String layer, boolean trainable, Ops tf, Arguments arguments) {
    this.emission = emission;
    this.layer = layer;
    this.trainable = trainable;
    this.tf = tf;
    this.arguments = arguments;
  }

  @Override
  public Ops tf() {
    return tf;
  }

  @Override
  public List<Value> inputs() {
    return arguments.inputs();
  }

  @Override
  public List<Spec> specs() {
    return arguments.specs();
  }

  @Override
  public Map<String, Object> arguments() {
    return arguments.keywords();
  }

  @Override
  public Operand<TFloat32> weight(String slot) {
    return emission.weight(layer + "/" + slot);
  }

  @Override
  public boolean training() {
    return Call.training(emission.training, arguments.keywords());
  }

  @Override
  public boolean trainable() {
    return trainable;
  }

  @Override
  public Operand<TInt64> seed(Integer seed, int index) {
    long key = Seeds.mix(seed == null ? emission.seed : seed, layer.hashCode() * 31L + index);
    return tf.stack(List.of(tf.constant(key), emission.step));
  }

  @Override
  public void update(String slot, Operand<TFloat32> value) {
    emission.updates.put(layer + "/" + slot, value);
  }

  @Override
  public void addLoss(Operand<TFloat32> loss) {
    emission.losses.add(loss);
  }

  @Override
  public List<Value> inner(Inner inner) {
    Map<String, Object> said = emission.arguments(inner.layer(), inner.arguments());
    Map<String, Object> keywords = new HashMap<>(said);
    keywords.put("training", Call.training(training(), said));
    return inner
        .layer()
        .call(
            new LayerCall(
                emission,
                layer + "/" + inner.prefix(),
                trainable && inner.trainable(),
                tf.withSubScope(Names.scope(inner.prefix())),
                new Arguments(inner.inputs(), inner.specs(), keywords)));
  }
}
