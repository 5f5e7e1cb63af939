package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's SpectralNormalization: before each training step the kernel of the layer inside is
 * divided by its largest singular value, found by power iteration.
 *
 * <p>The kernel itself is changed, not only what the step sees of it; the step's gradient is that
 * at the changed kernel. Source: keras/src/layers/normalization/spectral_normalization.py, Keras
 * 3.15.
 *
 * @param layer has a {@code kernel} or {@code embeddings}
 */
public record SpectralNormalization(Model.Entry layer, int powerIterations) implements Layer {
  private static final String INNER = "layer";
  private static final String VECTOR = "vector_u";
  private static final double LEAST = 1e-12;

  static SpectralNormalization read(Config c, Layers layers) {
    int iterations = c.integer("power_iterations", 1);
    if (iterations < 1) {
      throw c.get("power_iterations").wrong("a whole number of at least 1");
    }
    return new SpectralNormalization(Wrapped.read(c, INNER, layers), iterations);
  }

  /** True, so that nothing that passes a frozen one is kept: it changes its kernel all the same. */
  @Override
  public boolean random() {
    return true;
  }

  @Override
  public boolean branches() {
    return layer.layer().branches();
  }

  private Slot kernel(List<Spec> inputs) {
    for (Slot slot : Wrapped.slots(INNER, layer, inputs)) {
      if (slot.name().equals(INNER + "/kernel") || slot.name().equals(INNER + "/embeddings")) {
        return slot;
      }
    }
    throw new UnsupportedException(
        "SpectralNormalization around "
            + layer.layer().className()
            + ": expected a layer with a kernel or embeddings. Keras refuses it too.");
  }

  /** The kernel, which Keras takes for the wrapper's own; the vector; the other weights. */
  @Override
  public List<Slot> slots(List<Spec> inputs) {
    Slot kernel = kernel(inputs);
    List<Slot> slots = new ArrayList<>(List.of(kernel));
    long columns = kernel.shape().get(-1);
    slots.add(Slot.state(VECTOR, new Initializers.Normal(0, 0.02, true, null), 1, columns));
    for (Slot slot : Wrapped.slots(INNER, layer, inputs)) {
      if (!slot.name().equals(kernel.name())) {
        slots.add(slot);
      }
    }
    return slots;
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    return layer.layer().outputs(inputs);
  }

  @Override
  public List<Value> call(Call call) {
    Layer inside = layer.layer();
    if (call.training()) {
      Slot kernel = kernel(call.specs());
      String name = kernel.name().substring(INNER.length() + 1);
      inside = new Replaced(inside, name, normalised(call, kernel));
    }
    return call.inner(
        new Call.Inner(
            INNER, inside, layer.trainable(), call.inputs(), call.specs(), call.arguments()));
  }

  private Operand<TFloat32> normalised(Call call, Slot slot) {
    if (slot.regularizer() != null) {
      throw new UnsupportedException(
          "SpectralNormalization around "
              + layer.name()
              + ": Graft does not train it with a regularizer on the normalised kernel. Build the"
              + " layer without it.");
    }
    Floats f = Floats.of(call);
    Operand<TFloat32> kernel = call.weight(slot.name());
    int columns = Math.toIntExact(slot.shape().get(-1));
    Operand<TFloat32> matrix = f.tf().reshape(f.tf().stopGradient(kernel), f.ints(-1, columns));
    Operand<TFloat32> turned = f.transpose(matrix, 1, 0);
    Operand<TFloat32> before = call.weight(VECTOR);
    Operand<TFloat32> u = before;
    Operand<TFloat32> v = null;
    for (int i = 0; i < powerIterations; i++) {
      v = unit(f, f.tf().linalg.matMul(u, turned));
      u = unit(f, f.tf().linalg.matMul(v, matrix));
    }
    Operand<TFloat32> sigma =
        f.tf().linalg.matMul(f.tf().linalg.matMul(v, matrix), f.transpose(u, 1, 0));
    Operand<TFloat32> scalar = f.tf().reshape(sigma, f.tf().constant(new int[0]));
    Operand<TFloat32> steady = f.tf().stopGradient(kernel);
    // A kernel of zeros has nothing to be divided by.
    Operand<TBool> something =
        f.tf().math.greater(f.max(f.tf().math.abs(matrix), false, 0, 1), f.constant(0));
    Operand<TFloat32> changed = f.where(something, f.div(steady, scalar), steady);
    call.update(slot.name(), changed);
    call.update(VECTOR, f.where(something, u, before));
    // The kernel is the changed one from now on, so its gradient is not that of the division.
    return f.add(kernel, f.tf().stopGradient(f.sub(changed, steady)));
  }

  private static Operand<TFloat32> unit(Floats f, Operand<TFloat32> x) {
    Operand<TFloat32> length = f.sum(f.square(x), true, 0, 1);
    return f.mul(x, f.tf().math.rsqrt(f.tf().math.maximum(length, f.constant(LEAST))));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put(INNER, Wrapped.config(layer));
    config.put("power_iterations", powerIterations);
    return config;
  }

  /** A layer that finds {@code value} in place of one of its weights. */
  private record Replaced(Layer layer, String slot, Operand<TFloat32> value) implements Layer {
    @Override
    public String className() {
      return layer.className();
    }

    @Override
    public boolean random() {
      return layer.random();
    }

    @Override
    public List<Slot> slots(List<Spec> inputs) {
      return layer.slots(inputs);
    }

    @Override
    public List<Spec> outputs(List<Spec> inputs) {
      return layer.outputs(inputs);
    }

    @Override
    public List<Value> call(Call call) {
      return layer.call(new OtherWeight(call, slot, value));
    }

    @Override
    public Map<String, Object> config() {
      return layer.config();
    }
  }
}
