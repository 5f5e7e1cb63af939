package dev.graft.layers;

import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model used as a layer of another. Its weights are those of its layers, in their order, under
 * {@code layer/weight}; a layer frozen inside stays frozen.
 *
 * <p>Keras's HDF5 files hold a nested model's weights with the trained ones first; {@link
 * Slot#trainableFirst} gives that order.
 */
public record Nested(Model model) implements Layer {
  @Override
  public String className() {
    return model.form() == Model.Form.SEQUENTIAL ? "Sequential" : "Functional";
  }

  @Override
  public String module() {
    return model.form() == Model.Form.SEQUENTIAL ? "keras" : "keras.src.models.functional";
  }

  @Override
  public boolean random() {
    return model.layers().stream().anyMatch(entry -> entry.layer().random());
  }

  @Override
  public boolean branches() {
    return model.layers().stream().anyMatch(entry -> entry.layer().branches());
  }

  /** True when no weight inside would change in training. */
  public boolean frozen() {
    Map<String, List<Slot>> slots = model.slots();
    return model.layers().stream()
        .allMatch(
            entry ->
                !entry.trainable()
                    || slots.getOrDefault(entry.name(), List.of()).isEmpty()
                    || (entry.layer() instanceof Nested inner && inner.frozen()));
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    List<Slot> slots = new ArrayList<>();
    for (Model.Variable variable : model.variables()) {
      Slot slot = variable.slot().under(variable.layer());
      slots.add(variable.trainable() ? slot : slot.frozen());
    }
    return slots;
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.size() != model.inputs().size()) {
      throw new ShapeException(
          "model '"
              + model.name()
              + "' has "
              + model.inputs().size()
              + " inputs, came "
              + inputs.size()
              + ".");
    }
    Map<Ref, Spec> specs = model.specs(inputs);
    return model.outputs().stream().map(specs::get).toList();
  }

  @Override
  public List<Value> call(Call call) {
    Map<Ref, Spec> specs = model.specs(call.specs());
    Map<Ref, Value> values = new HashMap<>();
    for (int i = 0; i < model.inputs().size(); i++) {
      values.put(model.inputs().get(i), call.inputs().get(i));
    }
    for (Use use : model.uses()) {
      Model.Entry entry = model.layer(use.layer());
      if (entry.layer() instanceof InputLayer) {
        continue;
      }
      List<Value> results =
          call.inner(
              new Call.Inner(
                  entry.name(),
                  entry.layer(),
                  entry.trainable(),
                  use.inputs().stream().map(values::get).toList(),
                  use.inputs().stream().map(specs::get).toList(),
                  use.arguments()));
      for (int i = 0; i < results.size(); i++) {
        values.put(new Ref(use.layer(), use.node(), i), results.get(i));
      }
    }
    return model.outputs().stream().map(values::get).toList();
  }

  /** A model's config is written by whoever writes its file, in that file's words. */
  @Override
  public Map<String, Object> config() {
    throw new UnsupportedException(
        "model '"
            + model.name()
            + "': a model inside a wrapper such as TimeDistributed cannot be written to a file.");
  }
}
