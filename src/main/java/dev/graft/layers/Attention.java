package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Attention and AdditiveAttention: query (batch, n, d), value (batch, m, d) and perhaps key
 * (batch, m, d) to (batch, n, d).
 *
 * <p>Source: keras/src/layers/attention/attention.py and additive_attention.py, Keras 3.15.
 *
 * @param score how query and key meet
 * @param useScale a learned factor: a scalar, or one a feature for the additive kind
 */
public record Attention(Score score, boolean useScale, double dropout, Integer seed)
    implements ArgumentShaped {
  private static final double HIDDEN = 1e9;

  /** How query and key meet. */
  public enum Score {
    /** Their product. */
    DOT,
    /** The sum of {@code tanh(query + key)}, times one learned number. */
    CONCAT,
    /** The sum of {@code scale · tanh(query + key)}: Bahdanau's, the class AdditiveAttention. */
    ADDITIVE
  }

  static Attention read(Config c) {
    Missing.refuse(c, "causal");
    String mode = c.string("score_mode", "dot");
    if (!mode.equals("dot") && !mode.equals("concat")) {
      throw c.get("score_mode").wrong("dot or concat");
    }
    Score score = mode.equals("dot") ? Score.DOT : Score.CONCAT;
    return new Attention(
        score, c.flag("use_scale", false), c.number("dropout", 0), Numbers.seed(c));
  }

  static Attention readAdditive(Config c) {
    Missing.refuse(c, "causal");
    return new Attention(
        Score.ADDITIVE, c.flag("use_scale", true), c.number("dropout", 0), Numbers.seed(c));
  }

  @Override
  public String className() {
    return score == Score.ADDITIVE ? "AdditiveAttention" : "Attention";
  }

  @Override
  public boolean random() {
    return dropout > 0;
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    List<Slot> slots = new ArrayList<>();
    if (useScale) {
      slots.add(
          score == Score.ADDITIVE
              ? Slot.of(
                  "scale",
                  Initializers.named("glorot_uniform"),
                  inputs.get(0).known(-1, className()))
              : Slot.of("scale", Initializers.ones()));
    }
    if (score == Score.CONCAT) {
      slots.add(Slot.of("concat_score_weight", Initializers.ones()));
    }
    return slots;
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs, Map<String, Object> arguments) {
    if (inputs.size() < 2 || inputs.size() > 3) {
      throw new ShapeException(className() + ": expected query, value and perhaps key.");
    }
    Spec query = inputs.get(0);
    Spec value = inputs.get(1);
    List<Spec> outputs = new ArrayList<>();
    outputs.add(query.withLast(value.size(-1)).as(DType.FLOAT32));
    if (Boolean.TRUE.equals(arguments.get("return_attention_scores"))) {
      outputs.add(query.withLast(inputs.get(inputs.size() - 1).size(-2)).as(DType.FLOAT32));
    }
    return outputs;
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Operand<TFloat32> query = call.x(0);
    Operand<TFloat32> value = call.x(1);
    Operand<TFloat32> key = call.inputs().size() > 2 ? call.x(2) : value;
    Operand<TFloat32> scores = scores(call, f, query, key);
    boolean causal = Boolean.TRUE.equals(call.arguments().get("use_causal_mask"));
    Operand<TBool> mask = call.inputs().get(1).mask();
    mask = mask == null ? null : f.tf().expandDims(mask, f.tf().constant(-2));
    mask = Masks.and(f.tf(), mask, causal ? Masks.causal(f, scores) : null);
    if (mask != null) {
      scores = f.where(mask, scores, f.add(scores, -HIDDEN));
    }
    Operand<TFloat32> weights = f.tf().nn.softmax(scores);
    weights = Drops.drop(call, weights, dropout, null, seed);
    Operand<TFloat32> y = f.tf().train.batchMatMul(weights, value, TFloat32.class);
    Operand<TBool> asked = call.inputs().get(0).mask();
    if (asked != null) {
      y = f.where(f.tf().expandDims(asked, f.tf().constant(-1)), y, f.constant(0));
    }
    List<Value> values = new ArrayList<>();
    values.add(new Value(y, asked));
    if (Boolean.TRUE.equals(call.arguments().get("return_attention_scores"))) {
      values.add(Value.of(weights));
    }
    return values;
  }

  private Operand<TFloat32> scores(
      Call call, Floats f, Operand<TFloat32> query, Operand<TFloat32> key) {
    if (score == Score.DOT) {
      Operand<TFloat32> product = f.tf().linalg.einsum(List.of(query, key), "...qd,...kd->...qk");
      return useScale ? f.mul(product, call.weight("scale")) : product;
    }
    Operand<TFloat32> sum = f.add(f.expand(query, -2), f.expand(key, -3));
    if (score == Score.ADDITIVE) {
      Operand<TFloat32> bent = f.tf().math.tanh(sum);
      return f.sum(useScale ? f.mul(call.weight("scale"), bent) : bent, false, -1);
    }
    sum = useScale ? f.mul(call.weight("scale"), sum) : sum;
    return f.mul(call.weight("concat_score_weight"), f.sum(f.tf().math.tanh(sum), false, -1));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("use_scale", useScale);
    if (score != Score.ADDITIVE) {
      config.put("score_mode", score == Score.DOT ? "dot" : "concat");
    }
    config.put("dropout", dropout);
    config.put("seed", seed);
    return config;
  }
}
