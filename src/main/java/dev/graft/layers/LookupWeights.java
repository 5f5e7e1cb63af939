package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What words weigh in a lookup layer's mode tf_idf: how rare they are among documents. */
final class LookupWeights {
  private LookupWeights() {}

  /** The weight of each place of {@code words}; null in another mode. */
  static List<Double> read(Config c, Vocabulary<?> words, Categories.Mode mode) {
    if (mode != Categories.Mode.TF_IDF) {
      c.ignore("idf_weights");
      return null;
    }
    if (!c.has("idf_weights")) {
      throw new UnsupportedException(
          c.where("idf_weights")
              + ": the file does not hold what the words weigh. Save the model as .keras, or build"
              + " the layer with idf_weights.");
    }
    List<Double> idf =
        Arrays.stream(Numbers.array(c.get("idf_weights")).numbers()).boxed().toList();
    return words.weights(idf, c.where("idf_weights"));
  }

  /** {@code weights} with zeros up to {@code depth}; null for null. */
  static List<Double> padded(List<Double> weights, int depth) {
    if (weights == null) {
      return null;
    }
    List<Double> padded = new ArrayList<>(weights);
    padded.addAll(Collections.nCopies(depth - weights.size(), 0.0));
    return padded;
  }

  /** Counts times weights, if there are weights. */
  @SuppressWarnings("unchecked")
  static Operand<?> times(Floats f, Operand<?> counts, List<Double> weights) {
    if (weights == null) {
      return counts;
    }
    float[] values = new float[weights.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = weights.get(i).floatValue();
    }
    return f.mul((Operand<TFloat32>) counts, f.tf().constant(values));
  }
}
