package dev.graft.data;

import dev.graft.data.Augmentation.FillMode;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceMin;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * The changes of {@link Transform} as ops on one picture of (height, width, channels).
 *
 * <p>Places are computed in float64 in the order of {@code scipy.ndimage.affine_transform}, since
 * with a constant fill the last bit decides whether a pixel is inside. Source: SciPy 1.17 {@code
 * ni_interpolation.c} ({@code NI_GeometricTransform}, {@code map_coordinate}), Keras {@code
 * preprocessing/image.py} ({@code apply_channel_shift}, {@code apply_brightness_shift}).
 */
final class Warp {
  private final Ops tf;
  private final Augmentation how;
  private final Operand<TFloat64> values;

  private Warp(Ops tf, Augmentation how, Operand<TFloat64> values) {
    this.tf = tf;
    this.how = how;
    this.values = values;
  }

  /**
   * Changes a picture.
   *
   * @param x float32 (height, width, channels), 0 to 255
   * @param values what {@link Transform#values} gives
   */
  static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> x, Operand<TFloat64> values, Augmentation how) {
    Warp warp = new Warp(tf, how, values);
    Operand<TFloat32> y = warp.moved(x);
    if (how.channelShift() != 0) {
      y = warp.shifted(y);
    }
    return how.brightness() == null ? y : warp.lit(y);
  }

  private Operand<TFloat64> value(int index) {
    return tf.reshape(tf.slice(values, tf.array(index), tf.array(1)), tf.constant(new int[0]));
  }

  private Operand<TFloat32> single(int index) {
    return tf.dtypes.cast(value(index), TFloat32.class);
  }

  private Operand<TFloat32> moved(Operand<TFloat32> x) {
    Operand<TInt32> shape = tf.shape(x);
    Operand<TInt32> height = size(shape, 0);
    Operand<TInt32> width = size(shape, 1);
    // Flips come after the move, so they turn the places that are asked for.
    Operand<TFloat64> rows = tf.expandDims(places(height, 6, 7), tf.constant(1));
    Operand<TFloat64> columns = tf.expandDims(places(width, 8, 9), tf.constant(0));
    Side row = side(affine(rows, columns, 0), height);
    Side column = side(affine(rows, columns, 3), width);
    Operand<TFloat32> pixels = tf.reshape(x, tf.stack(List.of(tf.constant(-1), size(shape, 2))));
    Operand<TFloat32> sum = null;
    for (int i = 0; i < row.index.size(); i++) {
      for (int j = 0; j < column.index.size(); j++) {
        Operand<TInt32> place =
            tf.math.add(tf.math.mul(row.index.get(i), width), column.index.get(j));
        Operand<TFloat32> share =
            tf.expandDims(
                tf.dtypes.cast(
                    tf.math.mul(row.weight.get(i), column.weight.get(j)), TFloat32.class),
                tf.constant(2));
        Operand<TFloat32> part = tf.math.mul(tf.gather(pixels, place, tf.constant(0)), share);
        sum = sum == null ? part : tf.math.add(sum, part);
      }
    }
    if (how.fill().mode() != FillMode.CONSTANT) {
      return sum;
    }
    Operand<TBool> inside = tf.math.logicalAnd(row.inside, column.inside);
    return tf.select(
        tf.expandDims(inside, tf.constant(2)), sum, tf.constant((float) how.fill().value()));
  }

  private Operand<TInt32> size(Operand<TInt32> shape, int axis) {
    return tf.reshape(tf.slice(shape, tf.array(axis), tf.array(1)), tf.constant(new int[0]));
  }

  /** Offset plus step times 0, 1, …: the rows or columns that are asked for, flipped or not. */
  private Operand<TFloat64> places(Operand<TInt32> count, int offset, int step) {
    Operand<TFloat64> numbers =
        tf.dtypes.cast(tf.range(tf.constant(0), count, tf.constant(1)), TFloat64.class);
    return tf.math.add(tf.math.mul(numbers, value(step)), value(offset));
  }

  /** Offset, plus rows, plus columns: added up in SciPy's order. */
  private Operand<TFloat64> affine(Operand<TFloat64> rows, Operand<TFloat64> columns, int first) {
    return tf.math.add(
        tf.math.add(value(first + 2), tf.math.mul(rows, value(first))),
        tf.math.mul(columns, value(first + 1)));
  }

  /** Along one axis: the pixels to take, how much of each, whether the place is in the picture. */
  private record Side(
      List<Operand<TInt32>> index, List<Operand<TFloat64>> weight, Operand<TBool> inside) {}

  private Side side(Operand<TFloat64> place, Operand<TInt32> size) {
    Operand<TFloat64> length = tf.dtypes.cast(size, TFloat64.class);
    Operand<TFloat64> last = tf.math.sub(length, tf.constant(1.0));
    Operand<TBool> inside =
        tf.math.logicalAnd(
            tf.math.greaterEqual(place, tf.constant(0.0)), tf.math.lessEqual(place, last));
    Operand<TFloat64> mapped = mapped(place, length, last, inside);
    Operand<TFloat64> kept = tf.math.minimum(tf.math.maximum(mapped, tf.constant(0.0)), last);
    if (how.fill().order() == 0) {
      Operand<TFloat64> nearest = tf.math.floor(tf.math.add(kept, tf.constant(0.5)));
      return new Side(
          List.of(tf.dtypes.cast(tf.math.minimum(nearest, last), TInt32.class)),
          List.of(tf.onesLike(kept)),
          inside);
    }
    Operand<TFloat64> low = tf.math.floor(kept);
    Operand<TFloat64> high = tf.math.minimum(tf.math.add(low, tf.constant(1.0)), last);
    Operand<TFloat64> share = tf.math.sub(kept, low);
    return new Side(
        List.of(tf.dtypes.cast(low, TInt32.class), tf.dtypes.cast(high, TInt32.class)),
        List.of(tf.math.sub(tf.constant(1.0), share), share),
        inside);
  }

  /** The place in the picture that stands for one beyond its edges. */
  private Operand<TFloat64> mapped(
      Operand<TFloat64> place,
      Operand<TFloat64> length,
      Operand<TFloat64> last,
      Operand<TBool> inside) {
    return switch (how.fill().mode()) {
      case CONSTANT, NEAREST -> place;
      case REFLECT -> {
        // …2 1 0 | 0 1 2 3 | 3 2 1…: a period of twice the length
        Operand<TFloat64> half = tf.constant(0.5);
        Operand<TFloat64> turn = tf.math.mul(length, tf.constant(2.0));
        Operand<TFloat64> phase = tf.math.floorMod(tf.math.add(place, half), turn);
        yield tf.math.sub(tf.math.minimum(phase, tf.math.sub(turn, phase)), half);
      }
      case WRAP -> {
        // 0 1 2 3 | 1 2 3…: SciPy's period is one less than the length
        Operand<TFloat64> period = tf.math.maximum(last, tf.constant(1.0));
        Operand<TFloat64> whole = tf.math.floor(tf.math.div(tf.math.abs(place), period));
        Operand<TFloat64> below =
            tf.math.add(place, tf.math.mul(period, tf.math.add(whole, tf.constant(1.0))));
        Operand<TFloat64> above = tf.math.sub(place, tf.math.mul(period, whole));
        Operand<TFloat64> beyond = tf.select(tf.math.less(place, tf.constant(0.0)), below, above);
        yield tf.select(inside, place, beyond);
      }
    };
  }

  /** Adds to all channels and stays between the smallest and the largest value there was. */
  private Operand<TFloat32> shifted(Operand<TFloat32> x) {
    Operand<TFloat32> low = tf.reduceMin(x, tf.array(0, 1, 2));
    Operand<TFloat32> high = tf.reduceMax(x, tf.array(0, 1, 2));
    return tf.clipByValue(tf.math.add(x, single(10)), low, high);
  }

  /**
   * Pillow's {@code ImageEnhance.Brightness} on whole pixels; values beyond 0 to 255 are scaled
   * into that range for it and back.
   */
  private Operand<TFloat32> lit(Operand<TFloat32> x) {
    Operand<TInt32> all = tf.array(0, 1, 2);
    Operand<TFloat32> low = tf.reduceMin(x, all, ReduceMin.keepDims(true));
    Operand<TFloat32> high = tf.reduceMax(x, all, ReduceMax.keepDims(true));
    Operand<TFloat32> full = tf.constant(255f);
    Operand<TBool> wide =
        tf.math.logicalOr(tf.math.less(low, tf.constant(0f)), tf.math.greater(high, full));
    Operand<TFloat32> range = tf.math.sub(high, low);
    Operand<TFloat32> scaled = tf.math.mul(tf.math.divNoNan(tf.math.sub(x, low), range), full);
    Operand<TFloat32> pixels = tf.math.floor(tf.select(wide, scaled, x));
    Operand<TFloat32> bright =
        tf.math.floor(tf.clipByValue(tf.math.mul(pixels, factors(x)), tf.constant(0f), full));
    Operand<TFloat32> back = tf.math.add(tf.math.mul(tf.math.div(bright, full), range), low);
    return tf.select(wide, back, bright);
  }

  /** For each channel; an alpha channel keeps its value. */
  private Operand<TFloat32> factors(Operand<TFloat32> x) {
    Operand<TFloat32> factor = single(11);
    return x.shape().get(2) != 4
        ? factor
        : tf.stack(List.of(factor, factor, factor, tf.constant(1f)));
  }
}
