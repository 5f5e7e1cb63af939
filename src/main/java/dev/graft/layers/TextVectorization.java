package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Keras's TextVectorization: texts to the places of their words in a vocabulary, or to which words
 * they have. Source: keras/src/layers/preprocessing/text_vectorization.py, Keras 3.15.
 *
 * @param lookup finds the words
 * @param ngrams runs of so many words are looked up; null for words alone
 * @param length of what comes out in the mode int; null for that of the longest text
 */
public record TextVectorization(
    StringLookup lookup,
    Standardization standardization,
    Split split,
    List<Integer> ngrams,
    Integer length)
    implements Lookup {
  /** The characters that Keras takes out. */
  private static final String PUNCTUATION = "[!\"#$%&()\\*\\+,-\\./:;<=>?@\\[\\\\\\]^_`{|}~\\']";

  /** What is done to a text first. */
  enum Standardization {
    LOWER_AND_STRIP_PUNCTUATION,
    LOWER,
    STRIP_PUNCTUATION,
    NONE
  }

  /** How a text is taken apart. */
  enum Split {
    WHITESPACE,
    CHARACTER,
    NONE
  }

  static TextVectorization read(Config c) {
    Missing.refuse(c, "ragged");
    c.ignore("encoding");
    return new TextVectorization(
        StringLookup.read(c, ""),
        word(c, "standardize", Standardization.class, Standardization.LOWER_AND_STRIP_PUNCTUATION),
        word(c, "split", Split.class, Split.WHITESPACE),
        ngrams(c),
        c.has("output_sequence_length") ? c.integer("output_sequence_length") : null);
  }

  /** Keras's word for a constant; null is its own word, and absent is {@code usual}. */
  private static <E extends Enum<E>> E word(Config c, String key, Class<E> type, E usual) {
    if (!c.contains(key)) {
      return usual;
    }
    if (!c.has(key)) {
      c.ignore(key);
      return Enum.valueOf(type, "NONE");
    }
    Config value = c.get(key);
    for (E constant : type.getEnumConstants()) {
      if (value.isString() && keras(constant) != null && keras(constant).equals(value.string())) {
        return constant;
      }
    }
    throw new UnsupportedException(
        c.where(key)
            + ": it is a Python function ("
            + value.ignore().plain()
            + "), which Graft does not run. Save the model with "
            + key
            + "=None and do that to the texts before, or register a layer of your own in its place"
            + " with Layers.with(\"TextVectorization\", reader).");
  }

  private static String keras(Enum<?> constant) {
    return constant.name().equals("NONE") ? null : constant.name().toLowerCase(Locale.ROOT);
  }

  private static List<Integer> ngrams(Config c) {
    if (!c.has("ngrams")) {
      return null;
    }
    Config value = c.get("ngrams");
    if (value.isNumber()) {
      return IntStream.rangeClosed(1, value.integer()).boxed().toList();
    }
    return java.util.Arrays.stream(value.integers()).boxed().toList();
  }

  @Override
  public List<Double> placeWeights() {
    return lookup.placeWeights();
  }

  @Override
  public List<String> known() {
    return lookup.known();
  }

  private boolean counts() {
    return lookup.words().mode() != Categories.Mode.INT;
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    Spec in = Categories.only(inputs, "TextVectorization");
    if (in.dtype() != DType.STRING) {
      throw new ShapeException("TextVectorization: expected texts, came numbers.");
    }
    if (split == Split.NONE) {
      Spec words = ngrams == null ? in : in.withLast(runs(in));
      Spec out = lookup.words().encoding().output(words, "TextVectorization");
      return List.of(length == null ? out : out.withLast(length));
    }
    if (in.rank() > 2 || (in.rank() == 2 && in.size(1) != 1)) {
      throw new ShapeException(
          "TextVectorization: expected one text an example, of shape (batch) or (batch, 1), came "
              + in
              + ".");
    }
    long batch = in.size(0);
    return List.of(
        lookup
            .words()
            .encoding()
            .output(in.with(batch, counts() || length == null ? -1 : length), "TextVectorization"));
  }

  /** How many runs of words a row of {@code in} has. */
  private long runs(Spec in) {
    if (in.rank() != 2) {
      throw new ShapeException(
          "TextVectorization with ngrams and split=None: expected (batch, words), came "
              + in
              + ".");
    }
    long width = in.known(1, "TextVectorization");
    long runs = ngrams.stream().mapToLong(n -> Math.max(0, width - n + 1)).sum();
    if (runs == 0) {
      throw new ShapeException(
          "TextVectorization: " + width + " words have no runs of " + ngrams + ".");
    }
    return runs;
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Ops tf = f.tf();
    Spec in = call.specs().get(0);
    Operand<TString> x = standardized(tf, (Operand<TString>) call.inputs().get(0).tensor());
    return List.of(Value.of(split == Split.NONE ? whole(f, x, in) : taken(f, x, in)));
  }

  private Operand<TString> standardized(Ops tf, Operand<TString> x) {
    boolean lowers =
        standardization == Standardization.LOWER
            || standardization == Standardization.LOWER_AND_STRIP_PUNCTUATION;
    boolean strips =
        standardization == Standardization.STRIP_PUNCTUATION
            || standardization == Standardization.LOWER_AND_STRIP_PUNCTUATION;
    Operand<TString> y = lowers ? tf.strings.lower(x) : x;
    return strips ? tf.strings.staticRegexReplace(y, PUNCTUATION, "") : y;
  }

  /** Texts that are taken apart. */
  private Operand<?> taken(Floats f, Operand<TString> x, Spec in) {
    Ops tf = f.tf();
    Operand<TString> texts = tf.reshape(x, tf.constant(new int[] {-1}));
    Ragged rows =
        split == Split.WHITESPACE ? Ragged.words(tf, texts) : Ragged.characters(tf, texts);
    if (ngrams != null) {
      rows = rows.ngrams(ngrams);
    }
    Operand<TInt64> places = lookup.places(tf, rows.words());
    long filling = counts() ? lookup.words().encoding().depth() : 0;
    long width = counts() || length == null ? -1 : length;
    return lookup.words().encode(f, rows.dense(places, width, filling), in.with(in.size(0), width));
  }

  /** Texts that are words already. */
  @SuppressWarnings("unchecked")
  private Operand<?> whole(Floats f, Operand<TString> x, Spec in) {
    Ops tf = f.tf();
    Operand<TString> words = x;
    Spec shape = in;
    if (ngrams != null) {
      shape = in.withLast(runs(in));
      words =
          tf.reshape(
              Ragged.rows(tf, x, in.size(1)).ngrams(ngrams).words(),
              tf.constant(new long[] {-1, shape.size(1)}));
    }
    Operand<TInt64> places =
        tf.reshape(
            lookup.places(tf, tf.reshape(words, tf.constant(new int[] {-1}))),
            Extent.shape(tf, Extent.all(tf, words, shape)));
    Operand<?> out = lookup.words().encode(f, places, shape);
    return length == null ? out : fitted(tf, (Operand<TInt32>) out, shape);
  }

  /** The last dimension cut or filled with zeros. */
  private Operand<TInt32> fitted(Ops tf, Operand<TInt32> x, Spec in) {
    int rank = in.rank();
    long width = in.known(rank - 1, "TextVectorization");
    if (width >= length) {
      return tf.gather(x, tf.constant(IntStream.range(0, length).toArray()), tf.constant(rank - 1));
    }
    int[][] pads = new int[rank][2];
    pads[rank - 1][1] = (int) (length - width);
    return tf.pad(x, tf.constant(pads), tf.constant(0));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    Map<String, Object> words = lookup.config();
    config.put("max_tokens", words.get("max_tokens"));
    config.put("standardize", keras(standardization));
    config.put("split", keras(split));
    config.put("ngrams", ngramsWord());
    config.put("output_mode", words.get("output_mode"));
    config.put("output_sequence_length", length);
    config.put("pad_to_max_tokens", words.get("pad_to_max_tokens"));
    config.put("vocabulary", words.get("vocabulary"));
    config.put("idf_weights", words.get("idf_weights"));
    config.put("dtype", "string");
    return config;
  }

  /** The number for runs of up to so many words, which tf_keras reads back in all layouts. */
  private Object ngramsWord() {
    boolean all =
        ngrams != null && ngrams.equals(IntStream.rangeClosed(1, ngrams.size()).boxed().toList());
    return all ? (Object) ngrams.size() : ngrams;
  }
}
