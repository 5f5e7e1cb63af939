package dev.graft.layers;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Finds words in a list of known ones, by a search in their sorted hashes. Keras keeps them in a
 * hash table, which has to be filled before a graph runs; this is constants alone, so that a
 * SavedModel or a frozen graph of it runs anywhere as it is. The word that is found is compared, so
 * that no other word of the same hash is taken for it.
 *
 * @param words each once
 * @param hashes of the words
 * @param key of the hash, one under which no two words have the same
 */
record Lexicon(List<String> words, SortedKeys hashes, long key) {
  /** As many as there are that TensorFlow takes. */
  private static final long BUCKETS = Long.MAX_VALUE;

  static Lexicon of(List<String> words) {
    byte[][] bytes =
        words.stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    for (long key = 1; ; key++) {
      SipHash hash = new SipHash(key, key);
      long[] hashes = new long[bytes.length];
      Set<Long> distinct = new HashSet<>();
      for (int i = 0; i < hashes.length; i++) {
        hashes[i] = Long.remainderUnsigned(hash.of(bytes[i]), BUCKETS);
        distinct.add(hashes[i]);
      }
      if (distinct.size() == hashes.length) {
        return new Lexicon(words, SortedKeys.of(hashes), key);
      }
    }
  }

  /**
   * Where words were found.
   *
   * @param place in the list; of an unknown word, anywhere in it
   * @param known whether the word is there
   */
  record Found(Operand<TInt64> place, Operand<TBool> known) {}

  /** Looks {@code x} up, of shape (words). */
  Found find(Ops tf, Operand<TString> x) {
    Operand<TInt64> hash = tf.strings.toHashBucketStrong(x, BUCKETS, List.of(key, key));
    Operand<TInt32> at = hashes.search(tf, hash);
    String[] sorted = Arrays.stream(hashes.order()).mapToObj(words::get).toArray(String[]::new);
    Operand<TString> there = tf.gather(tf.array(sorted), at, tf.constant(0));
    return new Found(hashes.places(tf, at), tf.math.equal(there, x));
  }
}
