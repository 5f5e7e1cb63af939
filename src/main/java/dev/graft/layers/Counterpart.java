package dev.graft.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What Keras 3 has for a TensorFlow function, which tf_keras writes as TFOpLambda or
 * SlicingOpLambda and Keras 3 does not read.
 *
 * @param layer an operation of Keras 3, with the settings that it keeps itself, or a layer
 * @param arguments of its use, on the same tensors
 */
public record Counterpart(Layer layer, Map<String, Object> arguments) {
  /**
   * A line for each function: Keras 3's class, then its parameter for each of the function's, in
   * their order. {@code name:value} is what it is when the function was not given one, {@code -}
   * one that Keras has not and that must not be given, {@code -=value} not otherwise.
   */
  private static final String TABLE =
      """
      math.abs,abs = Absolute x
      math.negative = Negative x
      math.square = Square x
      math.sqrt = Sqrt x
      math.rsqrt = Rsqrt x
      math.reciprocal = Reciprocal x
      math.exp = Exp x
      math.expm1 = Expm1 x
      math.log = Log x
      math.log1p = Log1p x
      math.sin = Sin x
      math.cos = Cos x
      math.erf = Erf x
      math.floor = Floor x
      math.ceil = Ceil x
      math.sign = Sign x
      stop_gradient = StopGradient x
      identity,grad_pass_through = Copy x
      zeros_like = ZerosLike x dtype
      ones_like = OnesLike x dtype
      nn.relu = Relu x
      nn.relu6 = Relu6 x
      nn.selu = Selu x
      nn.elu = Elu x
      math.sigmoid,nn.sigmoid = Sigmoid x
      math.tanh,nn.tanh = Tanh x
      math.softplus,nn.softplus = Softplus x
      nn.softsign = Softsign x
      math.log_sigmoid = LogSigmoid x
      nn.silu,nn.swish = Silu x -=1
      nn.leaky_relu = LeakyRelu x negative_slope
      nn.gelu = Gelu x approximate:false
      nn.softmax,math.softmax = Softmax x axis
      nn.log_softmax,math.log_softmax = LogSoftmax x axis
      clip_by_value = Clip x x_min x_max
      math.add,__operators__.add,add = Add x1 x2
      math.subtract,subtract = Subtract x1 x2
      math.multiply,multiply = Multiply x1 x2
      math.divide = Divide x1 x2
      math.truediv,realdiv,truediv = TrueDivide x1 x2
      math.divide_no_nan = DivideNoNan x1 x2
      math.floordiv,floordiv,compat.v1.floor_div,math.floor_div = FloorDivide x1 x2
      math.pow,pow = Power x1 x2
      math.maximum,maximum = Maximum x1 x2
      math.minimum,minimum = Minimum x1 x2
      math.greater,greater = Greater x1 x2
      math.greater_equal,greater_equal = GreaterEqual x1 x2
      math.less,less = Less x1 x2
      math.less_equal,less_equal = LessEqual x1 x2
      math.equal,equal,__operators__.eq = Equal x1 x2
      math.not_equal,not_equal,__operators__.ne = NotEqual x1 x2
      math.logical_and = LogicalAnd x1 x2
      math.logical_or = LogicalOr x1 x2
      math.logical_not = LogicalNot x
      where,compat.v1.where = Where condition x1 x2
      nn.bias_add,compat.v1.nn.bias_add = Add x1 x2 -=NHWC
      math.reduce_mean,reduce_mean = Mean x axis keepdims
      math.reduce_sum,reduce_sum = Sum x axis keepdims
      math.reduce_max,reduce_max = Max x axis keepdims
      math.reduce_min,reduce_min = Min x axis keepdims
      math.reduce_variance = Var x axis keepdims
      math.reduce_std = Std x axis keepdims
      math.reduce_prod,reduce_prod = Prod x axis keepdims
      math.reduce_logsumexp = Logsumexp x axis keepdims
      math.reduce_any = Any x axis keepdims
      math.reduce_all = All x axis keepdims
      math.l2_normalize,nn.l2_normalize = Normalize x axis epsilon -
      concat = Concatenate xs axis
      stack = Stack x axis
      split = Split x indices_or_sections axis:0 -
      unstack = Unstack x num axis
      linalg.matmul,matmul = Matmul x1 x2 -=false -=false -=false -=false
      reshape = Reshape x newshape
      expand_dims = ExpandDims x axis
      squeeze,compat.v1.squeeze = Squeeze x axis
      transpose,compat.v1.transpose = Transpose x axes -=false
      reverse = Flip x axis
      broadcast_to = BroadcastTo x shape
      __operators__.getitem = GetItem x key
      pad,compat.v1.pad = Pad x pad_width mode constant_values
      tile = Tile x repeats
      repeat = Repeat x repeats axis
      gather,compat.v1.gather = Take x indices - axis:0 -=0
      cast = Cast x dtype
      one_hot = OneHot x num_classes - - axis dtype
      image.resize = Resize images size interpolation -=false antialias
      """;

  /** Parameters that are arguments of a use; all others are settings of the operation. */
  private static final Set<String> CALLED =
      Set.of("x", "x1", "x2", "xs", "condition", "key", "indices", "images", "constant_values");

  /**
   * Keras 3's word for a parameter of a function.
   *
   * @param name its parameter; null for one that Keras has not
   * @param absent its value when the function was not given one; null for none
   * @param only the one value that Keras 3 need not be told, as text; null for none
   */
  private record Word(String name, Object absent, String only) {
    static Word of(String text) {
      if (text.startsWith("-")) {
        return new Word(null, null, text.length() > 1 ? text.substring(2) : null);
      }
      String[] both = text.split(":", 2);
      return new Word(both[0], both.length == 1 ? null : absent(both[1]), null);
    }

    private static Object absent(String text) {
      if (text.equals("false")) {
        return false;
      }
      return Integer.valueOf(text);
    }
  }

  /** A line of the table: the class, and the words in the order of the function's parameters. */
  private record Line(String className, List<Word> words) {
    static Line of(String text) {
      List<String> parts = List.of(text.split(" ", -1));
      return new Line(parts.get(0), parts.subList(1, parts.size()).stream().map(Word::of).toList());
    }

    Word word(int parameter) {
      return parameter < words.size() ? words.get(parameter) : new Word(null, null, null);
    }
  }

  private static final Map<String, Line> LINES = lines();

  private static Map<String, Line> lines() {
    Map<String, Line> lines = new HashMap<>();
    TABLE
        .lines()
        .forEach(
            text -> {
              String[] sides = text.split(" = ", 2);
              for (String function : sides[0].split(",", -1)) {
                lines.put(function, Line.of(sides[1]));
              }
            });
    return lines;
  }

  /** Copies. */
  public Counterpart {
    arguments = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }

  /**
   * The counterpart of one use of {@code function}; empty when Keras 3 has none.
   *
   * @param inputs shapes and types of the tensors
   */
  public static Optional<Counterpart> of(
      Operation function, List<Spec> inputs, Map<String, Object> arguments) {
    if (!function.isLayer()) {
      return Optional.empty();
    }
    OpArguments given = OpArguments.bind(function, function.parameters(), inputs, arguments);
    List<Spec> outputs = function.outputs(inputs, arguments);
    if (function.function().equals("math.add_n") && arguments.isEmpty()) {
      return Optional.of(new Counterpart(new Merge(Merge.Kind.ADD, false), Map.of()));
    }
    Optional<Counterpart> found =
        transposed(function, given) ? product(given) : named(function, given, inputs.size());
    return found.filter(
        one -> ((Operation) one.layer).outputs(inputs, one.arguments).equals(outputs));
  }

  private static Optional<Counterpart> named(Operation function, OpArguments given, int tensors) {
    Line line = LINES.get(function.function());
    if (line == null) {
      return Optional.empty();
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    List<Object> called = new ArrayList<>();
    for (int i = 0; i < function.parameters().size(); i++) {
      Word word = line.word(i);
      String parameter = OpArguments.plain(function.parameters().get(i));
      Object value = given.has(parameter) ? given.get(parameter) : word.absent();
      if (word.name() == null && value != null && !value.toString().equals(word.only())) {
        return Optional.empty();
      }
      if (word.name() != null && value != null) {
        if (CALLED.contains(word.name())) {
          called.add(value);
        } else {
          settings.put(word.name(), value);
        }
      }
    }
    return finished(line.className(), settings, called, tensors);
  }

  private static Optional<Counterpart> finished(
      String className, Map<String, Object> settings, List<Object> called, int tensors) {
    switch (className) {
      case "Normalize" -> {
        // Without an axis TensorFlow takes all of them, Keras the last.
        if (!settings.containsKey("axis")) {
          return Optional.empty();
        }
        Object squared = settings.getOrDefault("epsilon", 1e-12);
        settings.put("epsilon", Math.sqrt(((Number) squared).doubleValue()));
      }
      case "Split" -> settings.computeIfPresent("indices_or_sections", (k, v) -> places(v));
      case "GetItem" -> called.set(1, key(called.get(1)));
      case "Pad" -> {
        String mode = settings.getOrDefault("mode", "constant").toString().toLowerCase(Locale.ROOT);
        settings.put("mode", mode);
        if (called.size() > 1 && (!mode.equals("constant") || zero(called.get(1)))) {
          called.remove(1);
        }
      }
      default -> {
        // Said as it is.
      }
    }
    if (settings.values().stream().anyMatch(Counterpart::holdsTensor)
        || settings.containsValue(Map.of())) {
      return Optional.empty();
    }
    Operation operation = new Operation(className, className, settings);
    return Optional.of(new Counterpart(operation, arguments(called, tensors)));
  }

  private static boolean zero(Object value) {
    return value instanceof Number number && number.doubleValue() == 0;
  }

  /** None when the arguments are the tensors in their order, or a list of them. */
  private static Map<String, Object> arguments(List<Object> called, int tensors) {
    List<Object> flat =
        called.size() == 1 && called.get(0) instanceof List<?> list
            ? new ArrayList<>(list)
            : called;
    List<Use.Input> plain = IntStream.range(0, tensors).mapToObj(Use.Input::new).toList();
    return flat.equals(plain) ? Map.of() : Map.of("args", List.copyOf(called));
  }

  private static boolean holdsTensor(Object value) {
    return value instanceof Use.Input
        || (value instanceof List<?> list && list.stream().anyMatch(Counterpart::holdsTensor));
  }

  /** TensorFlow splits by lengths, Keras by places. */
  private static Object places(Object lengths) {
    if (!(lengths instanceof List<?> list)) {
      return lengths;
    }
    List<Object> places = new ArrayList<>();
    int at = 0;
    for (Object length : list.subList(0, list.size() - 1)) {
      if (!(length instanceof Number number) || number.intValue() < 0) {
        return Map.of();
      }
      at += number.intValue();
      places.add(at);
    }
    return places;
  }

  private static Object key(Object key) {
    if (key instanceof List<?> list) {
      List<Object> parts = new ArrayList<>();
      list.forEach(part -> parts.add(key(part)));
      return java.util.Collections.unmodifiableList(parts);
    }
    return key instanceof Map<?, ?> map && "__ellipsis__".equals(map.get("class_name"))
        ? "..."
        : key;
  }

  private static boolean transposed(Operation function, OpArguments given) {
    return function.function().endsWith("matmul")
        && (given.flag("transpose_a") || given.flag("transpose_b"));
  }

  /** A product with a transposed side, which Keras says as an Einsum. */
  private static Optional<Counterpart> product(OpArguments given) {
    Spec a = given.spec("a");
    Spec b = given.spec("b");
    boolean plain =
        given.get("a") instanceof Use.Input first
            && given.get("b") instanceof Use.Input second
            && first.index() == 0
            && second.index() == 1
            && !given.flag("adjoint_a")
            && !given.flag("adjoint_b");
    if (!plain || a.rank() != b.rank() || a.rank() > 6) {
      return Optional.empty();
    }
    String batch = "abcdef".substring(0, a.rank() - 2);
    String line =
        batch
            + (given.flag("transpose_a") ? "yx" : "xy")
            + ","
            + batch
            + (given.flag("transpose_b") ? "zy" : "yz")
            + "->"
            + batch
            + "xz";
    return Optional.of(
        new Counterpart(new Operation("Einsum", "Einsum", Map.of("subscripts", line)), Map.of()));
  }
}
