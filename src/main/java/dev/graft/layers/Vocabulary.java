package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * What lookup layers of words and of whole numbers have alike: which place each word has. First
 * comes what stands for padding, then the places of unknown words, then the words. Source:
 * keras/src/layers/preprocessing/index_lookup.py, Keras 3.15.
 *
 * @param <T> a String or a Long
 * @param given the words as the config has them, with or without the places before them
 * @param mask the word that stands for padding; or null
 * @param places how many places there are for unknown words; without any they are an error
 * @param token what stands for unknown words
 * @param mode how places are written down; padding has one in the mode int alone
 * @param maxTokens the width of the output; or null for as many as there are
 * @param idf what each place weighs in the mode tf_idf, with {@code given} naming all places; else
 *     null
 */
record Vocabulary<T>(
    List<T> given,
    T mask,
    int places,
    T token,
    Categories.Mode mode,
    Integer maxTokens,
    List<Double> idf) {
  /**
   * Reads what all lookup layers have in their configs.
   *
   * @param one reads a word
   * @param mask the word that stands for padding, whatever {@code c} says; or null
   * @param token what stands for unknown words when {@code c} does not say it
   */
  static <T> Vocabulary<T> read(Config c, Function<Config, T> one, T mask, T token) {
    c.ignore("dtype", "vocabulary_size", "vocabulary_dtype", "has_input_vocabulary");
    boolean padded = c.flag("pad_to_max_tokens", false);
    Integer most = c.has("max_tokens") ? c.integer("max_tokens") : null;
    T own = c.has("mask_token") ? one.apply(c.get("mask_token")) : null;
    Vocabulary<T> plain =
        new Vocabulary<>(
            given(c, one),
            mask == null ? own : mask,
            c.integer("num_oov_indices", 1),
            c.has("oov_token") ? one.apply(c.get("oov_token")) : token,
            Categories.lookup(c, Categories.Mode.INT),
            padded ? most : null,
            null);
    plain.check(c.where("vocabulary"));
    List<Double> weights = LookupWeights.read(c, plain, plain.mode);
    return weights == null ? plain : plain.weighing(weights);
  }

  private static <T> List<T> given(Config c, Function<Config, T> one) {
    if (!c.has("vocabulary") || !c.get("vocabulary").isList()) {
      throw new UnsupportedException(
          c.where("vocabulary")
              + ": the file does not hold the layer's vocabulary (an .h5 has none that adapt()"
              + " found). Save the model as .keras, or build the layer with"
              + " vocabulary=layer.get_vocabulary().");
    }
    List<T> words = c.get("vocabulary").items().stream().map(one).toList();
    if (words.isEmpty()) {
      throw c.get("vocabulary").wrong("at least one word");
    }
    return words;
  }

  /** Refuses a vocabulary that has a word twice. */
  private void check(String where) {
    Set<T> seen = new HashSet<>();
    for (T word : tokens()) {
      if (!seen.add(word)) {
        throw new SettingException(
            where + ": the word '" + word + "' is there twice. Keep it once.");
      }
    }
  }

  private Vocabulary<T> weighing(List<Double> weights) {
    return new Vocabulary<>(all(), mask, places, token, mode, maxTokens, weights);
  }

  /** How many places padding has: 0 or 1. */
  int masked() {
    return mask != null && mode == Categories.Mode.INT ? 1 : 0;
  }

  /** The place of the first word. */
  int first() {
    return masked() + places;
  }

  /** The words without the places before them. */
  List<T> tokens() {
    List<T> special = special();
    boolean begins =
        given.size() >= special.size() && given.subList(0, special.size()).equals(special);
    return begins ? given.subList(special.size(), given.size()) : given;
  }

  private List<T> special() {
    List<T> special = new ArrayList<>();
    if (masked() > 0) {
      special.add(mask);
    }
    special.addAll(Collections.nCopies(places, token));
    return special;
  }

  /** What stands at each place. */
  List<T> all() {
    List<T> all = special();
    all.addAll(tokens());
    return all;
  }

  /** How many places there are. */
  int size() {
    return first() + tokens().size();
  }

  /**
   * The weight of each place, from weights as a config has them: of the words as they are given, or
   * of all places and what pads them. Unknown words weigh as much as words do on average.
   */
  List<Double> weights(List<Double> idf, String where) {
    if (idf.size() == given.size() && given.size() == tokens().size()) {
      double average = idf.stream().mapToDouble(Double::doubleValue).average().orElse(0);
      List<Double> all = new ArrayList<>(Collections.nCopies(first(), average));
      all.addAll(idf);
      return all;
    }
    if (idf.size() < size()) {
      throw new SettingException(
          where + ": expected a weight for each of " + size() + " words, came " + idf.size() + ".");
    }
    return List.copyOf(idf.subList(0, size()));
  }

  /** How the places are written down. */
  Categories encoding() {
    return new Categories(mode, maxTokens == null ? size() : maxTokens);
  }

  /** What each place weighs, those that pad the output included; or null. */
  List<Double> placeWeights() {
    return LookupWeights.padded(idf, encoding().depth());
  }

  /** {@code numbers}, which are places, as the mode writes them. */
  Operand<?> encode(Floats f, Operand<TInt64> numbers, Spec in) {
    return LookupWeights.times(f, encoding().encode(f, numbers, in, null), placeWeights());
  }

  /**
   * The place of each word of {@code x}, of shape (words).
   *
   * @param found where they stand among the {@link #tokens()}
   * @param spread which of the places for unknown words each would have, from 0
   * @param what stands at the beginning of the error: whose word it is
   */
  <X extends TType> Operand<TInt64> places(
      Ops tf, Operand<X> x, Lexicon.Found found, Supplier<Operand<TInt64>> spread, String what) {
    Operand<TInt64> elsewhere =
        places == 0
            ? refused(tf, x, found.known(), what)
            : tf.math.add(spread.get(), tf.constant((long) masked()));
    Operand<TInt64> place =
        tf.select(
            found.known(), tf.math.add(found.place(), tf.constant((long) first())), elsewhere);
    if (mask == null) {
      return place;
    }
    // Outside of the mode int, padding is left out of what is written.
    long hidden = mode == Categories.Mode.INT ? 0 : encoding().depth();
    return tf.select(padding(tf, x), tf.math.add(tf.zerosLike(place), tf.constant(hidden)), place);
  }

  /** Zeros, once it is sure that no word of {@code x} is unknown. */
  private Operand<TInt64> refused(Ops tf, Operand<?> x, Operand<TBool> known, String what) {
    Operand<TBool> fine = mask == null ? known : tf.math.logicalOr(known, padding(tf, x));
    Op check =
        tf.assertThat(
            tf.all(fine, tf.constant(0)),
            List.of(
                tf.constant(
                    what
                        + " is not in the vocabulary, and num_oov_indices=0 leaves no place for"
                        + " it."),
                x));
    Operand<TInt64> none = tf.zerosLike(tf.dtypes.cast(known, TInt64.class));
    return tf.withControlDependencies(List.of(check)).identity(none);
  }

  /** Which of {@code x} stand for padding. */
  @SuppressWarnings("unchecked")
  private <X extends TType> Operand<TBool> padding(Ops tf, Operand<X> x) {
    Operand<?> word =
        mask instanceof Long number ? tf.constant(number) : tf.constant(mask.toString());
    return tf.math.equal(x, (Operand<X>) word);
  }

  /**
   * The word at each of {@code numbers}.
   *
   * @param constant makes a tensor of words
   */
  <X extends TType> Operand<X> at(
      Ops tf, Operand<TInt64> numbers, Function<List<T>, Operand<X>> constant) {
    List<T> all = new ArrayList<>(all());
    // Beyond the last place nothing is known either.
    all.add(token);
    return tf.gather(
        constant.apply(all), Extent.within(tf, numbers, all.size() - 1L), tf.constant(0));
  }

  /** What all lookup layers have in their configs. */
  Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("max_tokens", maxTokens);
    config.put("num_oov_indices", places);
    config.put("mask_token", mask);
    config.put("oov_token", token);
    config.put("vocabulary", given);
    config.put("idf_weights", idf);
    config.put("output_mode", mode.keras());
    config.put("pad_to_max_tokens", maxTokens != null);
    if (mode == Categories.Mode.INT) {
      config.put("dtype", "int64");
    }
    return config;
  }
}
