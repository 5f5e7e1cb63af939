package dev.graft.layers;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.strings.StringNGrams;
import org.tensorflow.op.strings.StringSplit;
import org.tensorflow.op.strings.UnicodeDecode;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Rows of words, each row of its own length.
 *
 * @param words of all rows, one row after the other
 * @param splits where each row begins, and where the last ends
 */
record Ragged(Ops tf, Operand<TString> words, Operand<TInt64> splits) {
  /** The words of each text of {@code x}, of shape (batch), by white space. */
  static Ragged words(Ops tf, Operand<TString> x) {
    StringSplit split = tf.strings.stringSplit(x, tf.constant(""));
    Operand<TInt64> rows = tf.gather(split.indices(), tf.constant(0), tf.constant(1));
    Operand<TInt64> batch = tf.gather(split.shape(), tf.constant(0), tf.constant(0));
    Operand<TInt64> numbers =
        tf.range(tf.constant(0L), tf.math.add(batch, tf.constant(1L)), tf.constant(1L));
    Operand<TInt64> splits =
        tf.lowerBound(
            tf.expandDims(rows, tf.constant(0)),
            tf.expandDims(numbers, tf.constant(0)),
            TInt64.class);
    return new Ragged(tf, split.values(), tf.reshape(splits, tf.constant(new int[] {-1})));
  }

  /** The characters of each text of {@code x}, of shape (batch). */
  static Ragged characters(Ops tf, Operand<TString> x) {
    UnicodeDecode<TInt64> decoded = tf.strings.unicodeDecode(x, "UTF-8", TInt64.class);
    Operand<TInt32> count = tf.size(decoded.charValues());
    Operand<TInt64> each =
        tf.range(
            tf.constant(0L),
            tf.math.add(tf.dtypes.cast(count, TInt64.class), tf.constant(1L)),
            tf.constant(1L));
    Operand<TString> letters = tf.strings.unicodeEncode(decoded.charValues(), each, "UTF-8");
    return new Ragged(tf, letters, decoded.rowSplits());
  }

  /** The rows of {@code x}, of shape (batch, {@code width}). */
  static Ragged rows(Ops tf, Operand<TString> x, long width) {
    Operand<TString> flat = tf.reshape(x, tf.constant(new int[] {-1}));
    Operand<TInt64> size = tf.dtypes.cast(tf.size(flat), TInt64.class);
    Operand<TInt64> splits =
        tf.range(tf.constant(0L), tf.math.add(size, tf.constant(width)), tf.constant(width));
    return new Ragged(tf, flat, splits);
  }

  /** Runs of neighbouring words of these lengths, a row's shortest first. */
  Ragged ngrams(List<Integer> lengths) {
    StringNGrams<TInt64> runs =
        tf.strings.stringNGrams(
            words,
            splits,
            " ",
            lengths.stream().map(Integer::longValue).toList(),
            "",
            "",
            0L,
            false);
    return new Ragged(tf, runs.ngrams(), runs.ngramsSplits());
  }

  /**
   * A number for each word, as (batch, {@code length}): longer rows are cut, shorter ones filled.
   *
   * @param length or -1 for that of the longest row
   */
  Operand<TInt64> dense(Operand<TInt64> numbers, long length, long filling) {
    return tf.ragged.raggedTensorToTensor(
        tf.constant(new long[] {-1, length}),
        numbers,
        tf.constant(filling),
        List.of(splits),
        List.of("ROW_SPLITS"));
  }
}
