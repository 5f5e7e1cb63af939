package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Keras's Hashing of words, or of whole numbers by their decimal digits: into bins. Source:
 * keras/src/layers/preprocessing/hashing.py, Keras 3.15.
 *
 * @param maskValue a word or a whole number that goes to bin 0 alone; or null
 * @param salt the two halves of SipHash's key; or null for FarmHash
 */
public record Hashing(int bins, Object maskValue, List<Long> salt, Categories.Mode mode)
    implements Layer {
  static Hashing read(Config c) {
    c.ignore("dtype");
    return new Hashing(
        c.integer("num_bins"), maskValue(c), salt(c), Categories.mode(c, Categories.Mode.INT));
  }

  private static Object maskValue(Config c) {
    if (!c.has("mask_value")) {
      return null;
    }
    Config value = c.get("mask_value");
    return value.isString() ? value.string() : (Object) value.whole();
  }

  /** A number stands for both halves. */
  static List<Long> salt(Config c) {
    if (!c.has("salt")) {
      return null;
    }
    Config salt = c.get("salt");
    if (!salt.isList()) {
      return List.of(salt.whole(), salt.whole());
    }
    List<Config> halves = salt.items();
    if (halves.size() != 2) {
      throw salt.wrong("a whole number, or two of them");
    }
    return halves.stream().map(Config::whole).toList();
  }

  private Categories encoding() {
    return new Categories(mode, bins);
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    Spec in = Categories.only(inputs, "Hashing");
    boolean texts = in.dtype() == DType.STRING;
    if (maskValue != null && texts != maskValue instanceof String) {
      throw new ShapeException(
          "Hashing: expected a mask_value as what goes in, "
              + (texts ? "a text" : "a whole number")
              + ", came "
              + maskValue
              + ".");
    }
    return List.of(encoding().output(in, "Hashing"));
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Ops tf = f.tf();
    Operand<?> given = call.inputs().get(0).tensor();
    Operand<TString> words =
        call.specs().get(0).dtype() == DType.STRING
            ? (Operand<TString>) given
            : tf.dtypes.asString(Categories.whole(f, given));
    boolean masks = maskValue != null && bins > 1;
    Operand<TInt64> places = buckets(tf, words, bins - (masks ? 1 : 0), salt);
    if (masks) {
      places =
          tf.select(
              // A number is its digits, and no other number has them.
              tf.math.equal(words, tf.constant(maskValue.toString())),
              tf.zerosLike(places),
              tf.math.add(places, tf.constant(1L)));
    }
    return List.of(Value.of(encoding().encode(f, places, call.specs().get(0), null)));
  }

  /** The bucket of each word. */
  static Operand<TInt64> buckets(Ops tf, Operand<TString> words, long count, List<Long> salt) {
    return salt == null
        ? tf.strings.toHashBucketFast(words, count)
        : tf.strings.toHashBucketStrong(words, count, salt);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("num_bins", bins);
    config.put("salt", salt);
    config.put("mask_value", maskValue);
    config.put("output_mode", mode.keras());
    if (mode == Categories.Mode.INT) {
      config.put("dtype", "int64");
    }
    return config;
  }
}
