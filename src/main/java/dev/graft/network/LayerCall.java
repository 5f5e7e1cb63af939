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
  private final Nature nature;
  private final Ops tf;
  private final Arguments arguments;

  /** What the layer is called with. */
  record Arguments(List<Value> inputs, List<Spec> specs, Map<String, Object> keywords) {}

  /** What kind of layer it is: whether it is trained, and whether it draws random numbers. */
  record Nature(boolean trainable, boolean random) {}

  LayerCall(Emission emission, String layer, Nature nature, Ops tf, Arguments arguments) {
    this.emission = emission;
    this.layer = layer;
    this.nature = nature;
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
    return Call.training(
        emission.sampling ? nature.random() : emission.training, arguments.keywords());
  }

  @Override
  public boolean trainable() {
    return nature.trainable();
  }

  @Override
  public Operand<TInt64> seed(Integer seed, int index) {
    long key = Seeds.mix(seed == null ? emission.seed : seed, layer.hashCode() * 31L + index);
    long own = emission.rank == 0 ? key : Seeds.mix(key, emission.rank);
    return tf.stack(List.of(tf.constant(own), emission.step));
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
    Map<String, Object> keywords = new HashMap<>(inner.arguments());
    if (!emission.sampling || arguments.keywords().get("training") instanceof Boolean) {
      // When only random layers are to behave as in training, each inner layer sees for itself.
      keywords.put("training", Call.training(training(), inner.arguments()));
    }
    return inner
        .layer()
        .call(
            new LayerCall(
                emission,
                layer + "/" + inner.prefix(),
                new Nature(nature.trainable() && inner.trainable(), inner.layer().random()),
                tf.withSubScope(Names.scope(inner.prefix())),
                new Arguments(inner.inputs(), inner.specs(), keywords)));
  }
}
