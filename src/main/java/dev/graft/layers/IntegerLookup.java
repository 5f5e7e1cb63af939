package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Keras's IntegerLookup: the place of a whole number in a vocabulary, or, inverted, the number at a
 * place. Source: keras/src/layers/preprocessing/index_lookup.py, Keras 3.15.
 *
 * @param words the numbers that it knows
 * @param hashed unknown numbers are spread over their places by their hash, rather than by the
 *     remainder
 * @param salt of the hash; or null
 */
public record IntegerLookup(Vocabulary<Long> words, boolean invert, boolean hashed, List<Long> salt)
    implements Lookup {
  static IntegerLookup read(Config c) {
    return new IntegerLookup(
        Vocabulary.read(c, Config::whole, null, -1L),
        c.flag("invert", false),
        c.string("oov_method", "floormod").equals("farmhash"),
        Hashing.salt(c));
  }

  @Override
  public List<Double> placeWeights() {
    return words.placeWeights();
  }

  @Override
  public List<String> known() {
    return words.tokens().stream().map(String::valueOf).toList();
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    Spec in = Categories.only(inputs, "IntegerLookup");
    if (in.dtype() == DType.STRING) {
      throw new ShapeException("IntegerLookup: expected whole numbers, came texts.");
    }
    return List.of(words.encoding().output(in, "IntegerLookup"));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Ops tf = f.tf();
    Operand<TInt64> x = Categories.whole(f, call.inputs().get(0).tensor());
    Spec in = call.specs().get(0);
    if (invert) {
      Operand<TInt64> numbers = words.at(tf, x, all -> tf.constant(longs(all)));
      return List.of(Value.of(tf.dtypes.cast(numbers, TInt32.class)));
    }
    Operand<TInt64> flat = tf.reshape(x, tf.constant(new int[] {-1}));
    Operand<TInt64> places =
        words.places(tf, flat, find(tf, flat), () -> spread(tf, flat), "IntegerLookup: a number");
    return List.of(
        Value.of(words.encode(f, tf.reshape(places, Extent.shape(tf, Extent.all(tf, x, in))), in)));
  }

  private static long[] longs(List<Long> numbers) {
    return numbers.stream().mapToLong(n -> n).toArray();
  }

  private Lexicon.Found find(Ops tf, Operand<TInt64> x) {
    SortedKeys numbers = SortedKeys.of(longs(words.tokens()));
    Operand<TInt32> at = numbers.search(tf, x);
    Operand<TInt64> nearest = tf.gather(tf.constant(numbers.keys()), at, tf.constant(0));
    return new Lexicon.Found(numbers.places(tf, at), tf.math.equal(nearest, x));
  }

  /** Which of the places for unknown numbers each would have. */
  private Operand<TInt64> spread(Ops tf, Operand<TInt64> x) {
    if (words.places() == 1) {
      return tf.zerosLike(x);
    }
    return hashed
        ? Hashing.buckets(tf, tf.dtypes.asString(x), words.places(), salt)
        : tf.math.floorMod(x, tf.constant((long) words.places()));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = words.config();
    config.put("vocabulary_dtype", "int64");
    config.put("invert", invert);
    if (hashed) {
      config.put("oov_method", "farmhash");
      config.put("salt", salt);
    }
    return config;
  }
}
