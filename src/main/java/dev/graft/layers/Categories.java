package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.DenseBincount;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * How layers over categories write them down: Keras's {@code output_mode}. Source:
 * keras/src/utils/numerical_utils.py, {@code encode_categorical_inputs}, Keras 3.15.
 *
 * @param mode what an example becomes
 * @param depth how many categories there are
 */
record Categories(Mode mode, int depth) {
  /** What an example becomes. */
  enum Mode {
    /** The numbers of its categories. */
    INT,
    /** A row of zeros with a one, for each of its categories. */
    ONE_HOT,
    /** One row of zeros, with a one for every category it has. */
    MULTI_HOT,
    /** How often it has each category. */
    COUNT,
    /** The same, times what each category weighs. */
    TF_IDF;

    /** Keras's word. */
    String keras() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The mode that {@code c} names, for a layer that does not weigh categories. */
  static Mode mode(Config c, Mode absent) {
    Mode mode = lookup(c, absent);
    if (mode == Mode.TF_IDF) {
      throw c.get("output_mode").wrong("int, one_hot, multi_hot or count");
    }
    return mode;
  }

  /** The mode that {@code c}, of a lookup layer, names. */
  static Mode lookup(Config c, Mode absent) {
    Missing.refuse(c, "sparse");
    String word = c.string("output_mode", absent.keras()).replace("tf-idf", "tf_idf");
    for (Mode mode : Mode.values()) {
      if (mode.keras().equals(word.equals("binary") ? "multi_hot" : word)) {
        return mode;
      }
    }
    throw c.get("output_mode").wrong("int, one_hot, multi_hot, count or tf_idf");
  }

  /** The only input of {@code inputs}, for {@code what}. */
  static Spec only(List<Spec> inputs, String what) {
    if (inputs.size() != 1) {
      throw new ShapeException(what + ": expected one input, came " + inputs.size() + ".");
    }
    return inputs.get(0);
  }

  /** The shape of what comes out; of type int32 for numbers. */
  Spec output(Spec in, String what) {
    if (mode == Mode.INT) {
      return in.as(DType.INT32);
    }
    long[] sizes = in.shape().asArray();
    if (mode == Mode.ONE_HOT) {
      boolean drops = in.rank() > 1 && in.size(-1) == 1;
      long[] wide = Arrays.copyOf(sizes, in.rank() + (drops ? 0 : 1));
      wide[wide.length - 1] = depth;
      return Spec.floats(wide);
    }
    if (in.rank() != 2) {
      throw new ShapeException(
          what + " with " + mode.keras() + ": expected (batch, categories), came " + in + ".");
    }
    return Spec.floats(sizes[0], depth);
  }

  /**
   * {@code numbers} as this mode writes them; those beyond the depth leave no trace.
   *
   * @param weights what each number counts, or null
   */
  Operand<?> encode(Floats f, Operand<TInt64> numbers, Spec in, Operand<TFloat32> weights) {
    if (mode == Mode.INT) {
      return f.tf().dtypes.cast(numbers, TInt32.class);
    }
    if (mode != Mode.ONE_HOT && weights == null) {
      return bins(f, numbers);
    }
    Operand<TInt64> places = numbers;
    if (mode == Mode.ONE_HOT && in.rank() > 1 && in.size(-1) == 1) {
      places =
          f.tf().squeeze(numbers, org.tensorflow.op.core.Squeeze.axis(List.of(in.rank() - 1L)));
    }
    Operand<TFloat32> rows =
        f.tf().oneHot(places, f.tf().constant(depth), f.constant(1), f.constant(0));
    return switch (mode) {
      case INT, ONE_HOT -> rows;
      case MULTI_HOT -> f.max(rows, false, 1);
      case COUNT, TF_IDF -> f.sum(f.mul(rows, f.expand(weights, -1)), false, 1);
    };
  }

  /** How many of each, or whether any; without a row of zeros and ones for each number. */
  private Operand<TFloat32> bins(Floats f, Operand<TInt64> numbers) {
    Ops tf = f.tf();
    Operand<TInt64> size = tf.constant((long) depth);
    // The op takes no negative numbers, which are to leave no trace.
    Operand<TInt64> places =
        tf.select(
            tf.math.less(numbers, tf.constant(0L)),
            tf.math.add(tf.zerosLike(numbers), size),
            numbers);
    return tf.math.denseBincount(
        places,
        size,
        tf.constant(new float[0]),
        DenseBincount.binaryOutput(mode == Mode.MULTI_HOT));
  }

  /** Whole numbers of whatever type {@code x} has; fractions are cut off. */
  static Operand<TInt64> whole(Floats f, Operand<?> x) {
    return f.tf().dtypes.cast(x, TInt64.class);
  }
}
