package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Keras's StringLookup: the place of a word in a vocabulary, or, inverted, the word at a place.
 * Source: keras/src/layers/preprocessing/string_lookup.py, Keras 3.15.
 *
 * @param words that it knows
 * @param salt the two halves of SipHash's key, which spreads unknown words over their places; null
 *     for FarmHash
 */
public record StringLookup(Vocabulary<String> words, boolean invert, List<Long> salt)
    implements Lookup {
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
    return new StringLookup(
        Vocabulary.read(c, Config::string, mask, "[UNK]"),
        c.flag("invert", false),
        Hashing.salt(c));
  }

  @Override
  public List<Double> placeWeights() {
    return words.placeWeights();
  }

  @Override
  public List<String> known() {
    return words.tokens();
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
    return List.of(invert ? in.as(DType.STRING) : words.encoding().output(in, "StringLookup"));
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Ops tf = f.tf();
    Operand<?> x = call.inputs().get(0).tensor();
    Spec in = call.specs().get(0);
    if (invert) {
      return List.of(
          Value.of(
              words.at(tf, Categories.whole(f, x), all -> tf.array(all.toArray(String[]::new)))));
    }
    Operand<TString> flat = tf.reshape((Operand<TString>) x, tf.constant(new int[] {-1}));
    Operand<TInt64> places = tf.reshape(places(tf, flat), Extent.shape(tf, Extent.all(tf, x, in)));
    return List.of(Value.of(words.encode(f, places, in)));
  }

  /** The place of each word of {@code x}, which has shape (words). */
  Operand<TInt64> places(Ops tf, Operand<TString> x) {
    return words.places(
        tf,
        x,
        Lexicon.of(words.tokens()).find(tf, x),
        () -> Hashing.buckets(tf, x, words.places(), salt),
        "StringLookup: a word");
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = words.config();
    config.put("invert", invert);
    if (salt != null) {
      config.put("salt", salt);
    }
    return config;
  }
}
