package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's MultiHeadAttention over query, value and perhaps key, (batch, …, features) each; and its
 * GroupQueryAttention, where several heads of queries share one of keys and values.
 *
 * <p>Keywords of a use: {@code attention_mask}, {@code use_causal_mask}, {@code
 * return_attention_scores}. Weights: query, key, (gate,) value and attention_output, each a kernel
 * and a bias. Source: keras/src/layers/attention/multi_head_attention.py and
 * grouped_query_attention.py, Keras 3.15.
 *
 * @param outputShape without batch and attended axes, or null for the query's features
 * @param attentionAxes axes that attention runs over, or null for all between batch and features
 * @param slidingWindow only neighbours nearer than this are seen, or null
 * @param affine settings of kernels and biases
 */
public record MultiHeadAttention(
    Heads heads,
    List<Integer> outputShape,
    List<Integer> attentionAxes,
    Integer slidingWindow,
    boolean useGate,
    Affine affine,
    double dropout,
    Integer seed)
    implements ArgumentShaped {
  private static final List<String> ARGUMENTS =
      List.of(
          "query",
          "value",
          "key",
          "query_mask",
          "value_mask",
          "key_mask",
          "attention_mask",
          "return_attention_scores",
          "training",
          "use_causal_mask");

  /**
   * How many heads there are, and the sizes of their keys and values.
   *
   * @param shared how many heads of keys and values serve the {@code count} of queries; null for as
   *     many, in a MultiHeadAttention
   */
  public record Heads(int count, int keyDim, int valueDim, Integer shared) {
    int keyCount() {
      return shared == null ? count : shared;
    }
  }

  static MultiHeadAttention readGrouped(Config c) {
    int size = c.integer("head_dim");
    c.ignore("flash_attention");
    int count = c.integer("num_query_heads");
    int shared = c.integer("num_key_value_heads");
    if (shared < 1 || count % shared != 0) {
      throw c.get("num_query_heads").wrong("a multiple of num_key_value_heads");
    }
    return new MultiHeadAttention(
        new Heads(count, size, size, shared),
        null,
        null,
        c.has("sliding_window") ? c.integer("sliding_window") : null,
        c.flag("use_gate", false),
        Affine.read(c),
        c.number("dropout", 0),
        Numbers.seed(c));
  }

  @Override
  public String className() {
    return heads.shared() == null ? "MultiHeadAttention" : "GroupQueryAttention";
  }

  static MultiHeadAttention read(Config c) {
    int keyDim = c.integer("key_dim");
    // Which kernel computes it; not what.
    c.ignore("flash_attention");
    // tf_keras writes down what it was built on; the uses say the same.
    c.ignore("query_shape", "key_shape", "value_shape");
    return new MultiHeadAttention(
        new Heads(
            c.integer("num_heads"),
            keyDim,
            c.integer("value_dim", keyDim) == 0 ? keyDim : c.integer("value_dim", keyDim),
            null),
        c.has("output_shape") ? Numbers.list(c, "output_shape") : null,
        c.has("attention_axes") ? Numbers.list(c, "attention_axes") : null,
        c.has("sliding_window") ? c.integer("sliding_window") : null,
        c.flag("use_gate", false),
        Affine.read(c),
        c.number("dropout", 0),
        Numbers.seed(c));
  }

  @Override
  public boolean random() {
    return dropout > 0;
  }

  private OpArguments bind(List<Spec> inputs, Map<String, Object> arguments) {
    return OpArguments.bind(className(), Map.of(), ARGUMENTS, inputs, arguments);
  }

  /** One of the projections: the last dimension to heads, or heads to the last dimensions. */
  private EinsumDense project(int rank, boolean out, Integer... sizes) {
    char next = 'a';
    StringBuilder free = new StringBuilder();
    StringBuilder bound = new StringBuilder();
    StringBuilder made = new StringBuilder();
    for (int i = 0; i < rank - 1; i++) {
      free.append(next++);
    }
    for (int i = 0; i < (out ? 2 : 1); i++) {
      bound.append(next++);
    }
    for (int i = 0; i < sizes.length; i++) {
      made.append(next++);
    }
    List<Integer> shape = new ArrayList<>(Collections.nCopies(rank - 2, (Integer) null));
    shape.addAll(Arrays.asList(sizes));
    String bias = affine.useBias() ? made.toString() : null;
    return new EinsumDense(
        "" + free + bound + "," + bound + made + "->" + free + made,
        shape,
        bias,
        new Affine(
            Activations.LINEAR,
            bias != null,
            "kernel",
            affine.kernel(),
            affine.bias(),
            affine.activityRegularizer()));
  }

  private EinsumDense toQueries(int rank) {
    return project(rank, false, heads.count(), heads.keyDim());
  }

  private EinsumDense toKeys(int rank) {
    return project(rank, false, heads.keyCount(), heads.keyDim());
  }

  private EinsumDense toValues(int rank) {
    return project(rank, false, heads.keyCount(), heads.valueDim());
  }

  private EinsumDense toGate(int rank) {
    return project(rank, false, heads.count(), heads.valueDim());
  }

  /** Each head of keys or values as often as there are heads of queries for it. */
  private Operand<TFloat32> repeated(Floats f, Operand<TFloat32> x, Spec in) {
    int times = heads.count() / heads.keyCount();
    if (times == 1) {
      return x;
    }
    Extent[] sizes = Extent.all(f.tf(), x, in);
    int at = in.rank() - 2;
    int[] tile = IntStream.rangeClosed(0, in.rank()).map(i -> i == at + 1 ? times : 1).toArray();
    Operand<TFloat32> wide = f.tf().tile(f.expand(x, at + 1), f.ints(tile));
    sizes[at] = sizes[at].times(times);
    return f.reshape(wide, sizes);
  }

  private EinsumDense toOutput(Spec query) {
    Integer[] sizes =
        outputShape == null
            ? new Integer[] {Math.toIntExact(query.known(-1, "MultiHeadAttention"))}
            : outputShape.toArray(Integer[]::new);
    return project(query.rank(), true, sizes);
  }

  /** What the heads put together for each query. */
  private Spec gathered(Spec query) {
    long[] own = query.shape().asArray();
    long[] sizes = Arrays.copyOf(own, own.length + 1);
    sizes[own.length - 1] = heads.count();
    sizes[own.length] = heads.valueDim();
    return Spec.floats(sizes);
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    return slots(inputs, Map.of());
  }

  @Override
  public List<Slot> slots(List<Spec> inputs, Map<String, Object> arguments) {
    OpArguments a = bind(inputs, arguments);
    Spec query = a.spec("query");
    Spec value = a.spec("value");
    Spec key = a.has("key") ? a.spec("key") : value;
    List<Slot> slots = new ArrayList<>();
    add(slots, "query", toQueries(query.rank()), query);
    add(slots, "key", toKeys(key.rank()), key);
    if (useGate) {
      add(slots, "gate", toGate(query.rank()), query);
    }
    add(slots, "value", toValues(value.rank()), value);
    add(slots, "attention_output", toOutput(query), gathered(query));
    return slots;
  }

  private static void add(List<Slot> slots, String prefix, EinsumDense layer, Spec in) {
    layer.slots(List.of(in)).forEach(slot -> slots.add(slot.under(prefix)));
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs, Map<String, Object> arguments) {
    OpArguments a = bind(inputs, arguments);
    Spec query = a.spec("query");
    if (query.rank() < 3 || (heads.shared() != null && query.rank() > 3)) {
      throw new ShapeException(
          className() + ": expected a query (batch, …, features), came " + query + ".");
    }
    List<Spec> outputs = new ArrayList<>();
    outputs.add(toOutput(query).output(gathered(query)));
    if (a.flag("return_attention_scores")) {
      outputs.add(scores(query, a.has("key") ? a.spec("key") : a.spec("value")));
    }
    return outputs;
  }

  private Spec scores(Spec query, Spec key) {
    List<Long> sizes = new ArrayList<>();
    List<Integer> axes = axes(query.rank());
    for (int i = 0; i < query.rank() - 1; i++) {
      if (!axes.contains(i)) {
        sizes.add(query.size(i));
      }
    }
    sizes.add((long) heads.count());
    axes.forEach(axis -> sizes.add(query.size(axis)));
    axes.forEach(axis -> sizes.add(key.size(axis)));
    return Spec.floats(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  /** The axes of the inputs that attention runs over. */
  private List<Integer> axes(int rank) {
    return attentionAxes == null
        ? IntStream.range(1, rank - 1).boxed().toList()
        : attentionAxes.stream().map(axis -> Math.floorMod(axis, rank)).toList();
  }

  @Override
  public List<Value> call(Call call) {
    OpArguments a = bind(call.specs(), call.arguments()).over(call);
    Floats f = Floats.of(call);
    Spec querySpec = a.spec("query");
    String keyName = a.has("key") ? "key" : "value";
    Operand<TFloat32> query =
        inner(call, "query", toQueries(querySpec.rank()), a.floats("query"), querySpec);
    Operand<TFloat32> key =
        inner(call, "key", toKeys(a.spec(keyName).rank()), a.floats(keyName), a.spec(keyName));
    Operand<TFloat32> value =
        inner(call, "value", toValues(a.spec("value").rank()), a.floats("value"), a.spec("value"));
    key = repeated(f, key, toKeys(a.spec(keyName).rank()).output(a.spec(keyName)));
    value = repeated(f, value, toValues(a.spec("value").rank()).output(a.spec("value")));
    boolean wantsScores = a.flag("return_attention_scores");
    AttentionHeads attention =
        new AttentionHeads(f, querySpec.rank(), axes(querySpec.rank()), dropout > 0 || wantsScores);
    Operand<TBool> mask = new AttentionMask(f, a, slidingWindow).mask();
    query = f.mul(query, 1 / Math.sqrt(heads.keyDim()));
    Operand<TFloat32> weights = attention.weights(query, key, mask);
    Operand<TFloat32> kept = Drops.drop(call, weights, dropout, null, seed);
    Operand<TFloat32> y = attention.combine(kept, value);
    if (useGate) {
      Operand<TFloat32> gate =
          inner(call, "gate", toGate(querySpec.rank()), a.floats("query"), querySpec);
      y = f.mul(y, f.tf().math.sigmoid(gate));
    }
    y = inner(call, "attention_output", toOutput(querySpec), y, gathered(querySpec));
    List<Value> values = new ArrayList<>();
    values.add(new Value(y, a.mask("query")));
    if (wantsScores) {
      // Keras's Softmax leaves its mask on the scores, one for all heads.
      values.add(new Value(weights, mask == null ? null : attention.forHeads(mask)));
    }
    return values;
  }

  private static Operand<TFloat32> inner(
      Call call, String prefix, EinsumDense layer, Operand<TFloat32> x, Spec in) {
    List<Value> results =
        call.inner(Call.Inner.of(prefix, layer, List.of(Value.of(x)), List.of(in)));
    return Numbers.floats(call.tf(), results.get(0).tensor());
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (heads.shared() == null) {
      config.put("num_heads", heads.count());
      config.put("key_dim", heads.keyDim());
      config.put("value_dim", heads.valueDim());
      config.put("output_shape", outputShape);
      config.put("attention_axes", attentionAxes);
    } else {
      config.put("head_dim", heads.keyDim());
      config.put("num_query_heads", heads.count());
      config.put("num_key_value_heads", heads.shared());
    }
    config.put("dropout", dropout);
    if (slidingWindow != null) {
      config.put("sliding_window", slidingWindow);
    }
    if (useGate) {
      config.put("use_gate", true);
    }
    affine.into(config);
    config.remove("activation");
    config.put("seed", seed);
    return config;
  }
}
