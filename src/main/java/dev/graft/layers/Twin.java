package dev.graft.layers;

import dev.graft.config.Config;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A layer that computes what an {@link Operation} of Keras 3 computes, for files that hold layers
 * alone. The numbers are the same but for a division by a constant, which becomes a product.
 *
 * @param layer the layer
 * @param inputs which inputs of the operation are the layer's, in its order
 */
public record Twin(Layer layer, List<Integer> inputs) {
  private static final Map<String, Merge.Kind> PAIRS =
      Map.of(
          "Add", Merge.Kind.ADD,
          "Subtract", Merge.Kind.SUBTRACT,
          "Multiply", Merge.Kind.MULTIPLY,
          "Maximum", Merge.Kind.MAXIMUM,
          "Minimum", Merge.Kind.MINIMUM);

  private static final Map<String, String> CURVES =
      Map.of(
          "Relu", "relu",
          "Sigmoid", "sigmoid",
          "Tanh", "tanh",
          "Selu", "selu",
          "Softplus", "softplus",
          "Softsign", "softsign",
          "Silu", "silu",
          "Exp", "exponential");

  /** Copies the list. */
  public Twin {
    inputs = List.copyOf(inputs);
  }

  /** The twin of one use of {@code operation}; empty when no layer does the same. */
  public static Optional<Twin> of(
      Operation operation, List<Spec> inputs, Map<String, Object> arguments) {
    if (operation.isLayer() || inputs.stream().anyMatch(spec -> spec.dtype() != DType.FLOAT32)) {
      return Optional.empty();
    }
    OpArguments a = OpArguments.bind(operation, operation.parameters(), inputs, arguments);
    String function = operation.function();
    Optional<Twin> twin =
        a.has("x2") ? pair(function, a, inputs) : a.has("xs") ? joined(a) : single(function, a);
    return twin.filter(
        found ->
            found
                .layer
                .outputs(found.inputs.stream().map(inputs::get).toList())
                .equals(operation.outputs(inputs, arguments)));
  }

  private static Optional<Twin> pair(String function, OpArguments a, List<Spec> inputs) {
    Object first = a.get("x1");
    Object second = a.get("x2");
    if (first instanceof Use.Input one && second instanceof Use.Input two) {
      boolean alike = inputs.get(one.index()).rank() == inputs.get(two.index()).rank();
      return alike && PAIRS.containsKey(function)
          ? Optional.of(
              new Twin(new Merge(PAIRS.get(function), false), List.of(one.index(), two.index())))
          : Optional.empty();
    }
    if (first instanceof Use.Input x && second instanceof Number number) {
      double by = number.doubleValue();
      return switch (function) {
        case "Add" -> scaled(x, 1, by);
        case "Subtract" -> scaled(x, 1, -by);
        case "Multiply" -> scaled(x, by, 0);
        case "Divide", "TrueDivide" -> scaled(x, 1 / by, 0);
        default -> Optional.empty();
      };
    }
    if (first instanceof Number number && second instanceof Use.Input x) {
      double by = number.doubleValue();
      return switch (function) {
        case "Add" -> scaled(x, 1, by);
        case "Subtract" -> scaled(x, -1, by);
        case "Multiply" -> scaled(x, by, 0);
        default -> Optional.empty();
      };
    }
    return Optional.empty();
  }

  private static Optional<Twin> scaled(Use.Input x, double scale, double offset) {
    boolean finite = Double.isFinite(scale) && Double.isFinite(offset);
    return finite
        ? layer(x, "Rescaling", Map.of("scale", scale, "offset", offset))
        : Optional.empty();
  }

  private static Optional<Twin> layer(Use.Input x, String className, Map<String, Object> settings) {
    Layer layer = Layers.standard().read(className, Config.of(settings, className));
    return Optional.of(new Twin(layer, List.of(x.index())));
  }

  private static Optional<Twin> joined(OpArguments a) {
    List<Object> parts = a.list("xs");
    if (!parts.stream().allMatch(Use.Input.class::isInstance)) {
      return Optional.empty();
    }
    Map<String, Object> settings = Map.of("axis", a.integer("axis", -1));
    Layer layer = Layers.standard().read("Concatenate", Config.of(settings, "Concatenate"));
    return Optional.of(
        new Twin(layer, parts.stream().map(part -> ((Use.Input) part).index()).toList()));
  }

  private static Optional<Twin> single(String function, OpArguments a) {
    if (!a.has("x") || !(a.get("x") instanceof Use.Input x)) {
      return Optional.empty();
    }
    if (CURVES.containsKey(function)) {
      return layer(x, "Activation", Map.of("activation", CURVES.get(function)));
    }
    return switch (function) {
      case "Clip" ->
          a.number("x_min", -1) == 0 && a.number("x_max", 0) > 0
              ? layer(x, "ReLU", Map.of("max_value", a.number("x_max", 0)))
              : Optional.empty();
      case "Relu6" -> layer(x, "ReLU", Map.of("max_value", 6));
      case "Elu" -> layer(x, "ELU", Map.of("alpha", a.number("alpha", 1)));
      case "LeakyRelu" ->
          layer(x, "LeakyReLU", Map.of("negative_slope", a.number("negative_slope", 0.2)));
      case "Softmax" -> layer(x, "Softmax", Map.of("axis", a.integer("axis", -1)));
      case "Reshape" -> reshaped(x, a);
      case "Transpose" -> permuted(x, a);
      case "Mean" -> pooled(x, "Average", a);
      case "Max" -> pooled(x, "Max", a);
      default -> Optional.empty();
    };
  }

  private static Optional<Twin> reshaped(Use.Input x, OpArguments a) {
    List<Object> shape = a.list("newshape");
    boolean numbers = shape.stream().skip(1).allMatch(Number.class::isInstance);
    boolean batch = shape.get(0) == null || Integer.valueOf(-1).equals(shape.get(0));
    return numbers && batch && shape.size() > 1
        ? layer(x, "Reshape", Map.of("target_shape", shape.subList(1, shape.size())))
        : Optional.empty();
  }

  private static Optional<Twin> permuted(Use.Input x, OpArguments a) {
    List<Integer> axes = a.has("axes") ? a.integers("axes") : List.of();
    return axes.size() > 1 && axes.get(0) == 0 && axes.stream().allMatch(axis -> axis >= 0)
        ? layer(x, "Permute", Map.of("dims", axes.subList(1, axes.size())))
        : Optional.empty();
  }

  /** Over all dimensions but the first and the last. */
  private static Optional<Twin> pooled(Use.Input x, String word, OpArguments a) {
    int rank = a.spec("x").rank();
    boolean inner =
        a.has("axis")
            && rank >= 3
            && rank <= 5
            && !a.has("initial")
            && List.of(IntStream.range(1, rank - 1).boxed().toArray())
                .equals(List.of(IntStream.of(a.axes("axis", a.spec("x"))).boxed().toArray()));
    return inner
        ? layer(
            x,
            "Global" + word + "Pooling" + (rank - 2) + "D",
            Map.of("keepdims", a.flag("keepdims")))
        : Optional.empty();
  }
}
