package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's Embedding: whole numbers (batch, …) to vectors (batch, …, outputDim).
 *
 * @param maskZero 0 stands for padding: it is masked
 */
public record Embedding(
    int inputDim,
    int outputDim,
    WeightSettings embeddings,
    boolean maskZero,
    Regularizer activityRegularizer)
    implements Layer {
  /** Checks the sizes. */
  public Embedding {
    if (inputDim < 1 || outputDim < 1) {
      throw new ShapeException(
          "Embedding: expected input_dim and output_dim of at least 1, came "
              + inputDim
              + " and "
              + outputDim
              + ".");
    }
  }

  static Embedding read(Config c) {
    Missing.refuse(c, "lora_rank", "quantization_config", "sparse", "weights");
    // Keras 2 wrote it; the shape of the input says it.
    c.ignore("input_length");
    return new Embedding(
        c.integer("input_dim"),
        c.integer("output_dim"),
        WeightSettings.read(c, "embeddings", "uniform"),
        c.flag("mask_zero", false),
        Regularizers.read(c, "activity_regularizer"));
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    return List.of(embeddings.slot("embeddings", inputDim, outputDim));
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.size() != 1) {
      throw new ShapeException("Embedding: expected one input, came " + inputs.size() + ".");
    }
    long[] own = inputs.get(0).shape().asArray();
    long[] sizes = java.util.Arrays.copyOf(own, own.length + 1);
    sizes[own.length] = outputDim;
    return List.of(Spec.floats(sizes));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Operand<TInt32> places = f.tf().dtypes.cast(call.inputs().get(0).tensor(), TInt32.class);
    Operand<TFloat32> y = f.tf().gather(call.weight("embeddings"), places, f.tf().constant(0));
    Regularizers.activity(call, activityRegularizer, y);
    Operand<TBool> mask = maskZero ? f.tf().math.notEqual(places, f.tf().constant(0)) : null;
    return List.of(new Value(y, mask));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("input_dim", inputDim);
    config.put("output_dim", outputDim);
    embeddings.into(config, "embeddings");
    config.put("activity_regularizer", Regularizers.config(activityRegularizer));
    config.put("mask_zero", maskZero);
    return config;
  }
}
