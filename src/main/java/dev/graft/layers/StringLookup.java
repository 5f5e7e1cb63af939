package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Keras's StringLookup: the place of a word in a vocabulary, or, inverted, the word at a place.
 * Source: keras/src/layers/preprocessing/string_lookup.py, Keras 3.15.
 *
 * @param vocabulary as the config has it
 * @param unknown what becomes of words that are not in it
 * @param maskToken the word that stands for padding; or null
 * @param maxTokens the width of the output; or null for as many as there are
 * @param idfWeights what each place weighs in the mode tf_idf, with {@code vocabulary} naming all
 *     places; else null
 */
public record StringLookup(
    List<String> vocabulary,
    Unknown unknown,
    String maskToken,
    boolean invert,
    Integer maxTokens,
    Categories.Mode mode,
    List<Double> idfWeights)
    implements Lookup {
  /**
   * What becomes of words that the vocabulary lacks.
   *
   * @param places how many places there are for them; without any they are an error
   * @param token what an inverted layer gives for them
   * @param salt the two halves of SipHash's key, which spreads them over the places; null for
   *     FarmHash
   */
  public record Unknown(int places, String token, List<Long> salt) {}

  static StringLookup read(Config c) {
    // Keras reads back words in the encoding, and hashes them in one way alone.
    c.ignore("encoding", "oov_method");
    return read(c, null);
  }

  /**
   * Reads what all layers that look words up have.
   *
   * @param mask the word that stands for padding, whatever {@code c} says; or null
   */
  static StringLookup read(Config c, String mask) {
    c.ignore("dtype", "vocabulary_size", "vocabulary_dtype", "has_input_vocabulary");
    boolean padded = c.flag("pad_to_max_tokens", false);
    Integer most = c.has("max_tokens") ? c.integer("max_tokens") : null;
    String own = c.has("mask_token") ? c.string("mask_token") : null;
    StringLookup plain =
        new StringLookup(
            Vocabulary.read(c, Config::string),
            new Unknown(
                c.integer("num_oov_indices", 1), c.string("oov_token", "[UNK]"), Hashing.salt(c)),
            mask == null ? own : mask,
            c.flag("invert", false),
            padded ? most : null,
            Categories.lookup(c, Categories.Mode.INT),
            null);
    Vocabulary<String> words = plain.words().checked(c.where("vocabulary"));
    List<Double> weights = LookupWeights.read(c, words, plain.mode);
    return weights == null ? plain : plain.weighing(words.all(), weights);
  }

  private StringLookup weighing(List<String> words, List<Double> weights) {
    return new StringLookup(words, unknown, maskToken, invert, maxTokens, mode, weights);
  }

  private Vocabulary<String> words() {
    return new Vocabulary<>(vocabulary, maskToken, unknown.places(), unknown.token(), mode);
  }

  /** How the places are written down. */
  Categories encoding() {
    return new Categories(mode, maxTokens == null ? words().size() : maxTokens);
  }

  @Override
  public List<Double> placeWeights() {
    return LookupWeights.padded(idfWeights, encoding().depth());
  }

  @Override
  public List<String> known() {
    return words().tokens();
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    Spec in = Categories.only(inputs, "StringLookup");
    boolean texts = in.dtype() == DType.STRING;
    if (texts == invert) {
      throw new ShapeException(
          "StringLookup: expected "
              + (invert
                  ? "whole numbers, as it is inverted, came texts."
                  : "texts, came numbers."));
    }
    return List.of(invert ? in.as(DType.STRING) : encoding().output(in, "StringLookup"));
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Operand<?> x = call.inputs().get(0).tensor();
    Spec in = call.specs().get(0);
    if (invert) {
      return List.of(Value.of(word(f.tf(), Categories.whole(f, x))));
    }
    Ops tf = f.tf();
    Operand<TString> flat = tf.reshape((Operand<TString>) x, tf.constant(new int[] {-1}));
    Operand<TInt64> places = tf.reshape(places(tf, flat), Extent.shape(tf, Extent.all(tf, x, in)));
    return List.of(Value.of(encode(f, places, in)));
  }

  /** {@code places} as the mode writes them. */
  Operand<?> encode(Floats f, Operand<TInt64> places, Spec in) {
    return LookupWeights.times(f, encoding().encode(f, places, in, null), placeWeights());
  }

  /** The word at each place. */
  private Operand<TString> word(Ops tf, Operand<TInt64> places) {
    List<String> all = new ArrayList<>(words().all());
    // Beyond the last place nothing is known either.
    all.add(unknown.token());
    return tf.gather(
        tf.array(all.toArray(String[]::new)),
        Extent.within(tf, places, all.size() - 1L),
        tf.constant(0));
  }

  /** The place of each word of {@code x}, which has shape (words). */
  Operand<TInt64> places(Ops tf, Operand<TString> x) {
    Lexicon.Found found = Lexicon.of(words().tokens()).find(tf, x);
    Operand<TInt64> place =
        tf.select(
            found.known(),
            tf.math.add(found.place(), tf.constant((long) words().first())),
            elsewhere(tf, x, found.known()));
    if (maskToken == null) {
      return place;
    }
    // Outside of the mode int, padding is left out of what is written.
    long hidden = mode == Categories.Mode.INT ? 0 : encoding().depth();
    return tf.select(
        tf.math.equal(x, tf.constant(maskToken)),
        tf.math.add(tf.zerosLike(place), tf.constant(hidden)),
        place);
  }

  /** Where unknown words go. */
  private Operand<TInt64> elsewhere(Ops tf, Operand<TString> x, Operand<TBool> known) {
    int count = unknown.places();
    if (count > 0) {
      Operand<TInt64> bucket = Hashing.buckets(tf, x, count, unknown.salt());
      return tf.math.add(bucket, tf.constant((long) words().masked()));
    }
    Operand<TBool> fine =
        maskToken == null
            ? known
            : tf.math.logicalOr(known, tf.math.equal(x, tf.constant(maskToken)));
    Op check =
        tf.assertThat(
            tf.all(fine, tf.constant(0)),
            List.of(
                tf.constant(
                    "StringLookup: a word is not in the vocabulary, and num_oov_indices=0 leaves no"
                        + " place for it."),
                x));
    Operand<TInt32> none = tf.zerosLike(tf.strings.stringLength(x));
    return tf.dtypes.cast(tf.withControlDependencies(List.of(check)).identity(none), TInt64.class);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("max_tokens", maxTokens);
    config.put("num_oov_indices", unknown.places());
    config.put("mask_token", maskToken);
    config.put("oov_token", unknown.token());
    config.put("vocabulary", vocabulary);
    config.put("idf_weights", idfWeights);
    config.put("invert", invert);
    config.put("output_mode", mode.keras());
    config.put("pad_to_max_tokens", maxTokens != null);
    if (unknown.salt() != null) {
      config.put("salt", unknown.salt());
    }
    if (mode == Categories.Mode.INT) {
      config.put("dtype", "int64");
    }
    return config;
  }
}
