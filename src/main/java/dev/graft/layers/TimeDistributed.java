package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's TimeDistributed: the same layer on every step. (batch, steps, …) in and out.
 *
 * <p>Steps are taken as further examples, as Keras 2 does. Keras 3 calls the layer once a step;
 * that differs for a BatchNormalization inside that is being trained, which there sees the
 * statistics of one step at a time.
 */
public record TimeDistributed(Model.Entry layer) implements Layer {
  private static final String INNER = "layer";

  static TimeDistributed read(Config c, Layers layers) {
    return new TimeDistributed(Wrapped.read(c, INNER, layers));
  }

  @Override
  public boolean random() {
    return layer.layer().random();
  }

  @Override
  public boolean branches() {
    return layer.layer().branches();
  }

  /** One step as an example. */
  private static Spec step(Spec in) {
    if (in.rank() < 3) {
      throw new ShapeException("TimeDistributed: expected (batch, steps, …), came " + in + ".");
    }
    long[] sizes = in.shape().asArray();
    long[] step = new long[sizes.length - 1];
    System.arraycopy(sizes, 2, step, 1, step.length - 1);
    step[0] = -1;
    return in.with(step);
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    return Wrapped.slots(INNER, layer, List.of(step(inputs.get(0))));
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    List<Spec> outputs = new ArrayList<>();
    for (Spec out : layer.layer().outputs(List.of(step(inputs.get(0))))) {
      long[] own = out.shape().asArray();
      long[] sizes = new long[own.length + 1];
      sizes[0] = inputs.get(0).size(0);
      sizes[1] = inputs.get(0).size(1);
      System.arraycopy(own, 1, sizes, 2, own.length - 1);
      outputs.add(out.with(sizes));
    }
    return outputs;
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Spec in = call.specs().get(0);
    Spec step = step(in);
    Extent[] sizes = Extent.all(f.tf(), call.x(), in);
    Extent[] flat = new Extent[sizes.length - 1];
    System.arraycopy(sizes, 2, flat, 1, flat.length - 1);
    flat[0] = sizes[0].times(sizes[1]);
    Operand<TFloat32> rows = f.reshape(call.x(), flat);
    List<Value> results =
        call.inner(
            new Call.Inner(
                INNER,
                layer.layer(),
                layer.trainable(),
                List.of(Value.of(rows)),
                List.of(step),
                Map.of()));
    List<Spec> steps = layer.layer().outputs(List.of(step));
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      Operand<TFloat32> y = Numbers.floats(f.tf(), results.get(i).tensor());
      Extent[] own = Extent.all(f.tf(), y, steps.get(i));
      Extent[] wide = new Extent[own.length + 1];
      wide[0] = sizes[0];
      wide[1] = sizes[1];
      System.arraycopy(own, 1, wide, 2, own.length - 1);
      outputs.add(new Value(f.reshape(y, wide), Masks.given(call)));
    }
    return outputs;
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("layer", Wrapped.config(layer));
  }
}
