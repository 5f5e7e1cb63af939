package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Bidirectional: one recurrent layer forwards, one backwards over the same steps. Weights:
 * those of the forward layer, then those of the backward layer. Source:
 * keras/src/layers/rnn/bidirectional.py, Keras 3.15.
 *
 * @param mergeMode concat, sum, mul or ave; null gives both outputs
 */
public record Bidirectional(Model.Entry forward, Model.Entry backward, String mergeMode)
    implements Layer {
  private static final String FORWARD = "forward_layer";
  private static final String BACKWARD = "backward_layer";

  static Bidirectional read(Config c, Layers layers) {
    Model.Entry forward = turned(Wrapped.read(c, "layer", layers), null, "forward_");
    Recurrent way = (Recurrent) forward.layer();
    Model.Entry backward =
        c.has(BACKWARD)
            ? turned(Wrapped.read(c, BACKWARD, layers), null, "backward_")
            : turned(forward, !way.flow().goBackwards(), "backward_");
    String mode =
        c.contains("merge_mode") && !c.has("merge_mode") ? null : c.string("merge_mode", "concat");
    if (mode != null && !List.of("concat", "sum", "mul", "ave").contains(mode)) {
      throw c.get("merge_mode").wrong("concat, sum, mul, ave or null");
    }
    return new Bidirectional(forward, backward, mode);
  }

  private static Model.Entry turned(Model.Entry entry, Boolean backwards, String prefix) {
    Recurrent layer = Wrapped.as(Recurrent.class, entry, "Bidirectional");
    Recurrent.Flow flow = layer.flow();
    if (backwards != null) {
      flow =
          new Recurrent.Flow(
              flow.returnSequences(),
              flow.returnState(),
              backwards,
              flow.stateful(),
              flow.unroll());
    }
    Recurrent turned =
        new Recurrent(layer.className(), layer.cell(), flow, false, layer.activityRegularizer())
            .inBothDirections();
    String plain = entry.name().replaceFirst("^(forward|backward)_", "");
    return new Model.Entry(prefix + plain, entry.trainable(), turned);
  }

  Recurrent.Flow flow() {
    return ((Recurrent) forward.layer()).flow();
  }

  @Override
  public boolean random() {
    return forward.layer().random() || backward.layer().random();
  }

  @Override
  public boolean branches() {
    return true;
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    List<Slot> slots = new ArrayList<>(Wrapped.slots(FORWARD, forward, inputs));
    slots.addAll(Wrapped.slots(BACKWARD, backward, inputs));
    return slots;
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    List<Spec> one = forward.layer().outputs(inputs.subList(0, 1));
    List<Spec> two = backward.layer().outputs(inputs.subList(0, 1));
    Spec y = one.get(0);
    List<Spec> all = new ArrayList<>();
    if (mergeMode == null) {
      all.addAll(List.of(y, two.get(0)));
    } else if (mergeMode.equals("concat")) {
      all.add(y.withLast(y.size(-1) + two.get(0).size(-1)));
    } else {
      if (!y.equals(two.get(0))) {
        throw new ShapeException("the two directions give " + y + " and " + two.get(0) + ".");
      }
      all.add(y);
    }
    all.addAll(one.subList(1, one.size()));
    all.addAll(two.subList(1, two.size()));
    return all;
  }

  @Override
  public List<Value> call(Call call) {
    List<Integer> states =
        IntStream.range(1, call.inputs().size())
            .filter(i -> !Masks.isMask(call, i))
            .boxed()
            .toList();
    List<List<Value>> results = new ArrayList<>();
    for (int way = 0; way < 2; way++) {
      // A mask that is given by name is that of the sequence.
      List<Value> inputs = new ArrayList<>();
      inputs.add(new Value(call.inputs().get(0).tensor(), Masks.given(call)));
      List<Spec> specs = new ArrayList<>(List.of(call.specs().get(0)));
      int half = states.size() / 2;
      for (int i : states.subList(way * half, way * half + half)) {
        inputs.add(call.inputs().get(i));
        specs.add(call.specs().get(i));
      }
      Model.Entry entry = way == 0 ? forward : backward;
      results.add(
          call.inner(
              new Call.Inner(
                  way == 0 ? FORWARD : BACKWARD,
                  entry.layer(),
                  entry.trainable(),
                  inputs,
                  specs,
                  Map.of())));
    }
    List<Value> ways = new ArrayList<>(merge(call, results.get(0).get(0), results.get(1).get(0)));
    ways.addAll(results.get(0).subList(1, results.get(0).size()));
    ways.addAll(results.get(1).subList(1, results.get(1).size()));
    return ways;
  }

  @SuppressWarnings("unchecked")
  private List<Value> merge(Call call, Value one, Value two) {
    Floats f = Floats.of(call);
    Operand<TFloat32> y = (Operand<TFloat32>) one.tensor();
    Operand<TFloat32> back = (Operand<TFloat32>) two.tensor();
    if (flow().returnSequences()) {
      back = f.tf().reverse(back, f.ints(1));
    }
    Operand<TBool> mask = flow().returnSequences() ? Masks.onward(call) : null;
    if (mergeMode == null) {
      return List.of(new Value(y, mask), new Value(back, mask));
    }
    Operand<TFloat32> merged =
        switch (mergeMode) {
          case "concat" -> f.concat(List.of(y, back), y.shape().numDimensions() - 1);
          case "sum" -> f.add(y, back);
          case "ave" -> f.mul(f.add(y, back), 0.5);
          default -> f.mul(y, back);
        };
    return List.of(new Value(merged, mask));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("merge_mode", mergeMode);
    config.put("layer", Wrapped.config(forward));
    config.put("backward_layer", Wrapped.config(backward));
    return config;
  }
}
