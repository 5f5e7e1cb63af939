package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Which place each word of a lookup layer has: first what stands for padding, then the places of
 * unknown words, then the words. Source: keras/src/layers/preprocessing/index_lookup.py, Keras
 * 3.15.
 *
 * @param given the words as the config has them, with or without the places before them
 * @param mask the word that stands for padding; or null
 * @param places how many places there are for unknown words
 * @param token what stands for unknown words
 * @param mode padding has a place in the mode int alone
 */
record Vocabulary<T>(List<T> given, T mask, int places, T token, Categories.Mode mode) {
  /** The words that the config {@code c} lists; {@code one} reads each. */
  static <T> List<T> read(Config c, Function<Config, T> one) {
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
  Vocabulary<T> checked(String where) {
    Set<T> seen = new HashSet<>();
    for (T word : tokens()) {
      if (!seen.add(word)) {
        throw new SettingException(
            where + ": the word '" + word + "' is there twice. Keep it once.");
      }
    }
    return this;
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
}
