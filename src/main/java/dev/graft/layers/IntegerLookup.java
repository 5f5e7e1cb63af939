package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Keras's IntegerLookup: the place of a whole number in a vocabulary, or, inverted, the number at a
 * place. Source: keras/src/layers/preprocessing/index_lookup.py, Keras 3.15.
 *
 * @param vocabulary as the config has it
 * @param unknown what becomes of numbers that are not in it
 * @param maskToken the number that stands for padding; or null
 * @param maxTokens the width of the output; or null for as many as there are
 * @param idfWeights what each place weighs in the mode tf_idf, with {@code vocabulary} naming all
 *     places; else null
 */
public record IntegerLookup(
    List<Long> vocabulary,
    Unknown unknown,
    Long maskToken,
    boolean invert,
    Integer maxTokens,
    Categories.Mode mode,
    List<Double> idfWeights)
    implements Lookup {
  /**
   * What becomes of numbers that the vocabulary lacks.
   *
   * @param places how many places there are for them; without any they are an error
   * @param token what an inverted layer gives for them
   * @param hashed spread over the places by their hash, rather than by the remainder
   * @param salt of the hash; or null
   */
  public record Unknown(int places, long token, boolean hashed, List<Long> salt) {}

  static IntegerLookup read(Config c) {
    c.ignore("dtype", "vocabulary_size", "vocabulary_dtype", "has_input_vocabulary");
    boolean padded = c.flag("pad_to_max_tokens", false);
    Integer most = c.has("max_tokens") ? c.integer("max_tokens") : null;
    Unknown unknown =
        new Unknown(
            c.integer("num_oov_indices", 1),
            c.has("oov_token") ? c.get("oov_token").whole() : -1,
            c.string("oov_method", "floormod").equals("farmhash"),
            Hashing.salt(c));
    IntegerLookup plain =
        new IntegerLookup(
            Vocabulary.read(c, Config::whole),
            unknown,
            c.has("mask_token") ? (Long) c.get("mask_token").whole() : null,
            c.flag("invert", false),
            padded ? most : null,
            Categories.lookup(c, Categories.Mode.INT),
            null);
    Vocabulary<Long> words = plain.words().checked(c.where("vocabulary"));
    List<Double> weights = LookupWeights.read(c, words, plain.mode);
    return weights == null ? plain : plain.weighing(words.all(), weights);
  }

  private IntegerLookup weighing(List<Long> words, List<Double> weights) {
    return new IntegerLookup(words, unknown, maskToken, invert, maxTokens, mode, weights);
  }

  private Vocabulary<Long> words() {
    return new Vocabulary<>(vocabulary, maskToken, unknown.places(), unknown.token(), mode);
  }

  private Categories encoding() {
    return new Categories(mode, maxTokens == null ? words().size() : maxTokens);
  }

  @Override
  public List<Double> placeWeights() {
    return LookupWeights.padded(idfWeights, encoding().depth());
  }

  @Override
  public List<String> known() {
    return words().tokens().stream().map(String::valueOf).toList();
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    Spec in = Categories.only(inputs, "IntegerLookup");
    if (in.dtype() == DType.STRING) {
      throw new ShapeException("IntegerLookup: expected whole numbers, came texts.");
    }
    return List.of(encoding().output(in, "IntegerLookup"));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Operand<TInt64> x = Categories.whole(f, call.inputs().get(0).tensor());
    Spec in = call.specs().get(0);
    if (invert) {
      return List.of(Value.of(f.tf().dtypes.cast(number(f.tf(), x), TInt32.class)));
    }
    return List.of(
        Value.of(
            LookupWeights.times(
                f, encoding().encode(f, place(f, x, in), in, null), placeWeights())));
  }

  /** The number at each place. */
  private Operand<TInt64> number(Ops tf, Operand<TInt64> places) {
    List<Long> all = new ArrayList<>(words().all());
    // Beyond the last place nothing is known either.
    all.add(unknown.token());
    return tf.gather(
        tf.constant(all.stream().mapToLong(n -> n).toArray()),
        Extent.within(tf, places, all.size() - 1L),
        tf.constant(0));
  }

  /** The place of each number: by a search in the sorted vocabulary. */
  private Operand<TInt64> place(Floats f, Operand<TInt64> x, Spec in) {
    Ops tf = f.tf();
    List<Long> tokens = words().tokens();
    int[] order =
        IntStream.range(0, tokens.size())
            .boxed()
            .sorted((a, b) -> Long.compare(tokens.get(a), tokens.get(b)))
            .mapToInt(i -> i)
            .toArray();
    int start = words().first();
    long[] sorted = Arrays.stream(order).mapToLong(tokens::get).toArray();
    long[] places = Arrays.stream(order).mapToLong(i -> start + i).toArray();
    Operand<TInt64> flat = tf.reshape(x, tf.constant(new int[] {1, -1}));
    Operand<TInt64> vocabularyRow = tf.constant(new long[][] {sorted});
    Operand<TInt32> found = tf.lowerBound(vocabularyRow, flat);
    Operand<TInt32> kept = tf.math.minimum(found, tf.constant(sorted.length - 1));
    Operand<TInt64> nearest = tf.gather(tf.constant(sorted), kept, tf.constant(0));
    Operand<TBool> known = tf.math.equal(nearest, flat);
    Operand<TInt64> place =
        tf.select(
            known, tf.gather(tf.constant(places), kept, tf.constant(0)), elsewhere(f, flat, known));
    if (maskToken != null) {
      // Outside of the mode int, padding is left out of what is written.
      long hidden = mode == Categories.Mode.INT ? 0 : encoding().depth();
      place =
          tf.select(
              tf.math.equal(flat, tf.constant(maskToken)),
              tf.math.add(tf.zerosLike(place), tf.constant(hidden)),
              place);
    }
    return tf.reshape(place, Extent.shape(tf, Extent.all(tf, x, in)));
  }

  /** Where unknown numbers go. */
  private Operand<TInt64> elsewhere(Floats f, Operand<TInt64> x, Operand<TBool> known) {
    Ops tf = f.tf();
    Operand<TInt64> first = tf.constant((long) words().masked());
    if (unknown.places() == 0) {
      Operand<TBool> fine =
          maskToken == null
              ? known
              : tf.math.logicalOr(known, tf.math.equal(x, tf.constant(maskToken)));
      Op check =
          tf.assertThat(
              tf.all(fine, tf.constant(new int[] {0, 1})),
              List.of(
                  tf.constant(
                      "IntegerLookup: a number is not in the vocabulary, and num_oov_indices=0"
                          + " leaves no place for it."),
                  x));
      return tf.withControlDependencies(List.of(check)).identity(tf.zerosLike(x));
    }
    if (unknown.places() == 1) {
      return tf.math.add(tf.zerosLike(x), first);
    }
    Operand<TInt64> place =
        unknown.hashed()
            ? Hashing.buckets(tf, tf.dtypes.asString(x), unknown.places(), unknown.salt())
            : tf.math.floorMod(x, tf.constant((long) unknown.places()));
    return tf.math.add(place, first);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("max_tokens", maxTokens);
    config.put("num_oov_indices", unknown.places());
    config.put("mask_token", maskToken);
    config.put("oov_token", unknown.token());
    config.put("vocabulary_dtype", "int64");
    config.put("vocabulary", vocabulary);
    config.put("invert", invert);
    config.put("output_mode", mode.keras());
    if (mode == Categories.Mode.INT) {
      config.put("dtype", "int64");
    }
    config.put("pad_to_max_tokens", maxTokens != null);
    if (idfWeights != null) {
      config.put("idf_weights", idfWeights);
    }
    if (unknown.hashed()) {
      config.put("oov_method", "farmhash");
      config.put("salt", unknown.salt());
    }
    return config;
  }
}
