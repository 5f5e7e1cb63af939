package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's EinsumDense: an Einstein sum of the input with a kernel, plus a bias over some axes.
 *
 * <p>Source: keras/src/layers/core/einsum_dense.py, Keras 3.15.
 *
 * @param equation such as {@code abc,cde->abde}; an ellipsis may lead or trail
 * @param outputShape without the batch; null where a size follows from the input
 * @param biasAxes letters of the output that the bias has, or null for none
 * @param affine activation and the settings of kernel and bias
 */
public record EinsumDense(
    String equation, List<Integer> outputShape, String biasAxes, Affine affine) implements Unary {
  /** Copies the shape, which may hold nulls. */
  public EinsumDense {
    outputShape = Collections.unmodifiableList(new ArrayList<>(outputShape));
  }

  static EinsumDense read(Config c) {
    Missing.refuse(
        c, "lora_rank", "lora_alpha", "quantization_config", "gptq_unpacked_column_size");
    List<Integer> shape = new ArrayList<>();
    Config given = c.get("output_shape");
    if (given.isNumber()) {
      shape.add(given.integer());
    } else {
      given.items().forEach(item -> shape.add(item.isNull() ? null : item.integer()));
    }
    String bias = c.has("bias_axes") ? c.string("bias_axes") : null;
    Affine affine = Affine.read(c);
    return new EinsumDense(
        c.string("equation"),
        shape,
        bias,
        new Affine(
            affine.activation(),
            bias != null,
            "kernel",
            affine.kernel(),
            affine.bias(),
            affine.activityRegularizer()));
  }

  /** The parts of an equation, taken apart for an input of known rank. */
  private record Terms(String input, String kernel, String output, int hidden, boolean leading) {
    long size(String letters, Spec spec, char letter, boolean hiddenFirst) {
      int at = letters.indexOf(letter);
      return at < 0 ? -1 : spec.size(hiddenFirst ? at + hidden : at);
    }
  }

  private Terms terms(Spec in) {
    String plain = equation.replace(" ", "").replace("...", ".");
    int comma = plain.indexOf(',');
    int arrow = plain.indexOf("->");
    if (comma < 0 || arrow < comma) {
      throw new ShapeException(
          "EinsumDense: the equation '" + equation + "' is not of the form a,b->c.");
    }
    String input = plain.substring(0, comma);
    String output = plain.substring(arrow + 2);
    boolean leading = input.startsWith(".");
    String letters = input.replace(".", "");
    int hidden = in.rank() - letters.length();
    if (hidden < 0 || (hidden > 0 && !input.contains("."))) {
      throw new ShapeException(
          "EinsumDense: the equation '" + equation + "' does not fit " + in + ".");
    }
    return new Terms(
        letters, plain.substring(comma + 1, arrow), output.replace(".", ""), hidden, leading);
  }

  /** The output with its hidden dimensions put in, as Keras does. */
  @Override
  public Spec output(Spec input) {
    Terms t = terms(input);
    List<Long> sizes = new ArrayList<>();
    sizes.add(input.size(0));
    if (t.leading()) {
      for (int i = 1; i < t.hidden(); i++) {
        sizes.add(input.size(i));
      }
    }
    outputShape.forEach(size -> sizes.add(size == null ? -1L : size));
    if (!t.leading()) {
      for (int i = input.rank() - t.hidden(); i < input.rank(); i++) {
        sizes.add(input.size(i));
      }
    }
    Spec given = Spec.floats(sizes.stream().mapToLong(Long::longValue).toArray());
    // A size that the layer leaves open is the input's under the same letter.
    long[] known = given.shape().asArray();
    for (int i = 0; i < t.output().length(); i++) {
      int at = t.leading() ? i + t.hidden() : i;
      if (at < known.length && known[at] < 0) {
        known[at] = t.size(t.input(), input, t.output().charAt(i), t.leading());
      }
    }
    return given.with(known);
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    Spec in = inputs.get(0);
    Spec out = output(in);
    Terms t = terms(in);
    List<Integer> inputAxes = new ArrayList<>();
    List<Integer> outputAxes = new ArrayList<>();
    long[] shape = new long[t.kernel().length()];
    for (int i = 0; i < shape.length; i++) {
      char letter = t.kernel().charAt(i);
      boolean comesOut = t.output().indexOf(letter) >= 0;
      (comesOut ? outputAxes : inputAxes).add(i);
      shape[i] =
          comesOut
              ? t.size(t.output(), out, letter, t.leading())
              : t.size(t.input(), in, letter, t.leading());
      if (shape[i] < 0) {
        throw new ShapeException(
            "EinsumDense: the size of '" + letter + "' in '" + equation + "' is not known.");
      }
    }
    Initializer first = affine.kernel().initializer();
    if (first instanceof VarianceScaling scaling) {
      first = scaling.over(inputAxes, outputAxes);
    }
    List<Slot> slots = new ArrayList<>();
    slots.add(
        Slot.of("kernel", first, shape)
            .with(affine.kernel().regularizer(), affine.kernel().constraint()));
    if (affine.useBias()) {
      slots.add(affine.bias().slot("bias", biasShape(t, out)));
    }
    return slots;
  }

  /** From the first axis that has a bias on; 1 where it has none. */
  private long[] biasShape(Terms t, Spec out) {
    int first = t.output().length();
    for (int i = 0; i < biasAxes.length(); i++) {
      int at = t.output().indexOf(biasAxes.charAt(i));
      if (at < 0) {
        throw new ShapeException(
            "EinsumDense: bias_axes '" + biasAxes + "' are not in '" + equation + "'.");
      }
      first = Math.min(first, at);
    }
    List<Long> sizes = new ArrayList<>();
    for (int i = first; i < t.output().length(); i++) {
      char letter = t.output().charAt(i);
      sizes.add(biasAxes.indexOf(letter) >= 0 ? t.size(t.output(), out, letter, t.leading()) : 1L);
    }
    if (!t.leading()) {
      sizes.addAll(Collections.nCopies(t.hidden(), 1L));
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Operand<TFloat32> y =
        f.tf().linalg.einsum(List.of(x, call.weight("kernel")), equation.replace(" ", ""));
    if (affine.useBias()) {
      y = f.add(y, call.weight("bias"));
    }
    y = affine.activation().apply(f.tf(), y);
    Regularizers.activity(call, affine.activityRegularizer(), y);
    return y;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("output_shape", outputShape);
    config.put("equation", equation);
    config.put("bias_axes", biasAxes);
    affine.into(config);
    config.remove("use_bias");
    return config;
  }
}
