package dev.graft.keras;

import dev.graft.error.WeightException;
import dev.graft.files.FloatSink;
import java.nio.file.Path;
import org.tensorflow.ndarray.Shape;

/**
 * Passes the values of one tensor on and refuses NaN and infinity: with one of them in its weights
 * a network answers NaN to everything.
 *
 * @param file the weights file
 * @param variable the model's name for the tensor
 */
record FiniteValues(Path file, String variable, StoredTensor tensor) {
  /** Gives the values to {@code sink}, a piece at a time. */
  void read(FloatSink sink) {
    long[] done = {0};
    tensor.read(
        (values, count) -> {
          check(values, count, done[0]);
          done[0] += count;
          sink.accept(values, count);
        });
  }

  /** All values. */
  float[] values() {
    float[] values = tensor.values();
    check(values, values.length, 0);
    return values;
  }

  private void check(float[] values, int count, long before) {
    // A finite number times 0 is 0, anything else NaN, which stays in the sum.
    float probe = 0;
    for (int i = 0; i < count; i++) {
      probe += values[i] * 0f;
    }
    for (int i = 0; probe != 0 && i < count; i++) {
      if (!Float.isFinite(values[i])) {
        throw new WeightException(sentence(values[i], before + i));
      }
    }
  }

  private String sentence(float value, long index) {
    int slash = variable.lastIndexOf('/');
    return file
        + ": layer '"
        + variable.substring(0, slash)
        + "', weight '"
        + variable.substring(slash + 1)
        + "': expected finite numbers, the file has "
        + (Float.isNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity")
        + " at "
        + place(tensor.shape(), index)
        + ". The training that wrote it had failed: name an earlier file, or load it all the same"
        + " (allow nan).";
  }

  /** Where element {@code index} lies: {@code [0, 2, 17]}. */
  private static String place(Shape shape, long index) {
    long[] sizes = shape.asArray();
    long rest = index;
    for (int i = sizes.length - 1; i >= 0; i--) {
      long size = sizes[i];
      sizes[i] = rest % size;
      rest /= size;
    }
    return java.util.Arrays.toString(sizes);
  }
}
