package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's ReversibleEmbedding: an Embedding that, called with {@code reverse=True}, takes vectors
 * (batch, …, outputDim) to a number for each entry (batch, …, inputDim). Source:
 * keras/src/layers/core/reversible_embedding.py, Keras 3.15.
 *
 * @param forward what it is when not reversed
 * @param tied the way back uses the table's transpose, and no weight of its own
 * @param reverseDtype in which type Keras computes the way back, which here is float32; or null
 * @param softCap bound of the numbers that come out of the way back; or null
 */
public record ReversibleEmbedding(
    Embedding forward, boolean tied, String reverseDtype, Double softCap)
    implements ArgumentShaped {
  private static final String BACK = "reverse_embeddings";

  static ReversibleEmbedding read(Config c) {
    Double cap = c.has("logit_soft_cap") ? (Double) c.number("logit_soft_cap") : null;
    if (cap != null && cap == 0) {
      throw c.get("logit_soft_cap").wrong("a number other than 0, or null");
    }
    return new ReversibleEmbedding(
        Embedding.read(c),
        c.flag("tie_weights", true),
        c.has("reverse_dtype")
            ? DType.of(c.string("reverse_dtype"), c.where("reverse_dtype")).keras()
            : null,
        cap);
  }

  private static boolean reversed(Map<String, Object> arguments) {
    return Boolean.TRUE.equals(arguments.get("reverse"));
  }

  /** Keras gives both tables one initializer, and the regularizer and constraint to the first. */
  @Override
  public List<Slot> slots(List<Spec> inputs) {
    List<Slot> slots = new ArrayList<>(forward.slots(inputs));
    if (!tied) {
      slots.add(
          Slot.of(
              BACK, forward.embeddings().initializer(), forward.outputDim(), forward.inputDim()));
    }
    return slots;
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs, Map<String, Object> arguments) {
    if (!reversed(arguments)) {
      return forward.outputs(inputs);
    }
    Spec in = inputs.get(0);
    if (inputs.size() != 1 || in.rank() < 2 || in.size(-1) != forward.outputDim()) {
      throw new ShapeException(
          "ReversibleEmbedding: reversed, it expects one input (batch, …, "
              + forward.outputDim()
              + "), came "
              + inputs
              + ".");
    }
    return List.of(in.withLast(forward.inputDim()).as(DType.FLOAT32));
  }

  @Override
  public List<Value> call(Call call) {
    if (!reversed(call.arguments())) {
      return forward.call(call);
    }
    Floats f = Floats.of(call);
    Operand<TFloat32> table =
        tied ? f.transpose(call.weight("embeddings"), 1, 0) : call.weight(BACK);
    Extent[] sizes = Extent.all(f.tf(), call.x(), call.specs().get(0));
    sizes[sizes.length - 1] = Extent.of(f.tf(), forward.inputDim());
    Operand<TFloat32> rows = f.tf().reshape(call.x(), f.ints(-1, forward.outputDim()));
    Operand<TFloat32> y = f.reshape(f.tf().linalg.matMul(rows, table), sizes);
    if (softCap != null) {
      y = f.mul(f.tf().math.tanh(f.div(y, f.constant(softCap))), softCap);
    }
    Regularizers.activity(call, forward.activityRegularizer(), y);
    return List.of(Value.of(y));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>(forward.config());
    config.put("tie_weights", tied);
    config.put("reverse_dtype", reverseDtype);
    config.put("logit_soft_cap", softCap);
    return config;
  }
}
