package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Keras's Hashing of whole numbers: into bins, by the hash of their decimal digits. Source:
 * keras/src/layers/preprocessing/hashing.py, Keras 3.15.
 *
 * @param maskValue goes to bin 0 alone; or null
 * @param salt the two halves of SipHash's key; or null for FarmHash
 */
public record Hashing(int bins, Long maskValue, List<Long> salt, Categories.Mode mode)
    implements Layer {
  static Hashing read(Config c) {
    c.ignore("dtype");
    return new Hashing(
        c.integer("num_bins"),
        c.has("mask_value") ? (Long) c.get("mask_value").whole() : null,
        salt(c),
        Categories.mode(c, Categories.Mode.INT));
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
    return List.of(encoding().output(Categories.only(inputs, "Hashing"), "Hashing"));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Operand<TInt64> x = Categories.whole(f, call.inputs().get(0).tensor());
    boolean masks = maskValue != null && bins > 1;
    Operand<TInt64> places = buckets(f, x, bins - (masks ? 1 : 0), salt);
    if (masks) {
      places =
          f.tf()
              .select(
                  f.tf().math.equal(x, f.tf().constant(maskValue)),
                  f.tf().zerosLike(places),
                  f.tf().math.add(places, f.tf().constant(1L)));
    }
    return List.of(Value.of(encoding().encode(f, places, call.specs().get(0), null)));
  }

  /** The bucket of each number. */
  static Operand<TInt64> buckets(Floats f, Operand<TInt64> x, long count, List<Long> salt) {
    Operand<TString> digits = f.tf().dtypes.asString(x);
    return salt == null
        ? f.tf().strings.toHashBucketFast(digits, count)
        : f.tf().strings.toHashBucketStrong(digits, count, salt);
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
