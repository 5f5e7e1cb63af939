package dev.graft.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SwitchCond;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Pillow's {@code Image.resize} as TensorFlow ops, equal to the last bit.
 *
 * <p>Pillow resizes along one axis, rounds to whole pixels, then along the other and rounds again,
 * with weights in fixed point of 22 bits. Here the weights are a sparse matrix of float64, in which
 * all those products and sums are exact. Source: Pillow {@code src/libImaging/Resample.c}, {@code
 * Geometry.c} (nearest), Keras {@code image_utils.load_img} (the crop).
 */
final class PillowResize {
  /** One in Pillow's fixed point. */
  private static final double ONE = 1 << 22;

  private final Ops tf;
  private final Preprocessing how;

  private PillowResize(Ops tf, Preprocessing how) {
    this.tf = tf;
    this.how = how;
  }

  /** Resizes (batch, height, width, channels) of whole numbers from 0 to 255. */
  static Operand<TFloat32> resize(Ops tf, Operand<? extends TNumber> pixels, Preprocessing how) {
    return new PillowResize(tf, how).resize(pixels);
  }

  private Operand<TFloat32> resize(Operand<? extends TNumber> pixels) {
    Operand<TInt32> extent = Images.extent(tf, pixels);
    Operand<TInt32> height = at(extent, 0);
    Operand<TInt32> width = at(extent, 1);
    Axis rows = axis(height, width, how.size()[0], how.size()[1]);
    Axis columns = axis(width, height, how.size()[1], how.size()[0]);
    if (how.interpolation().equals("nearest")) {
      Operand<? extends TNumber> picked =
          tf.gather(
              tf.gather(pixels, nearest(columns), tf.constant(2)), nearest(rows), tf.constant(1));
      return tf.dtypes.cast(picked, TFloat32.class);
    }
    return how.color() == Preprocessing.Color.RGBA
        ? withAlpha(tf.dtypes.cast(pixels, TFloat32.class), rows, columns)
        : passes(pixels, rows, columns);
  }

  /** Colours go through both passes times their alpha, unless there is nothing to resize. */
  private Operand<TFloat32> withAlpha(Operand<TFloat32> pixels, Axis rows, Axis columns) {
    Operand<TBool> fits = tf.math.logicalAnd(rows.whole(tf), columns.whole(tf));
    SwitchCond<TFloat32> either = tf.switchCond(pixels, fits);
    Operand<TFloat32> resized =
        Alpha.unpremultiply(tf, passes(Alpha.premultiply(tf, either.outputFalse()), rows, columns));
    return tf.merge(List.of(resized, either.outputTrue())).output();
  }

  /** Both passes; each multiplies along the leading axis. */
  private Operand<TFloat32> passes(Operand<? extends TNumber> pixels, Axis rows, Axis columns) {
    Operand<TInt32> shape = tf.shape(pixels);
    Operand<TInt32> batch = at(shape, 0);
    Operand<TInt32> channels = at(shape, 3);
    Operand<TBool> tall = verticalFirst(rows, columns);
    Axis first = Axis.either(tf, tall, rows, columns);
    Axis second = Axis.either(tf, tall, columns, rows);
    Operand<TInt32> leading = tf.select(tall, tf.array(1, 0, 2, 3), tf.array(2, 0, 1, 3));
    // Not bytes: oneDNN has no transposition of them and says so on stderr.
    Operand<TFloat32> floats = tf.dtypes.cast(pixels, TFloat32.class);
    Operand<TFloat64> once =
        multiply(first, tf.dtypes.cast(tf.linalg.transpose(floats, leading), TFloat64.class));
    Operand<TFloat64> turned =
        tf.linalg.transpose(
            tf.reshape(once, tf.stack(List.of(first.wanted, batch, second.stored, channels))),
            tf.array(2, 1, 0, 3));
    Operand<TFloat32> twice = tf.dtypes.cast(multiply(second, turned), TFloat32.class);
    Operand<TInt32> back = tf.select(tall, tf.array(1, 2, 0, 3), tf.array(1, 0, 2, 3));
    return tf.linalg.transpose(
        tf.reshape(twice, tf.stack(List.of(second.wanted, batch, first.wanted, channels))), back);
  }

  /**
   * Pillow goes along the rows first, unless the height shrinks by more than twice as many pixels
   * as the width: measured with Pillow 13 on random sizes and all filters. Earlier versions always
   * went along the rows first, which is the same for most photos that are wider than high.
   */
  private Operand<TBool> verticalFirst(Axis rows, Axis columns) {
    Operand<TInt32> lower = tf.math.sub(rows.stored, rows.wanted);
    Operand<TInt32> narrower = tf.math.sub(columns.stored, columns.wanted);
    return tf.math.logicalAnd(
        tf.math.greater(lower, tf.constant(0)),
        tf.math.greater(lower, tf.math.mul(narrower, tf.constant(2))));
  }

  /** One pass: weighted sums along the leading axis, rounded and clipped to 0 to 255. */
  private Operand<TFloat64> multiply(Axis axis, Operand<TFloat64> values) {
    Operand<TFloat64> flat = tf.reshape(values, tf.stack(List.of(axis.stored, tf.constant(-1))));
    Weights weights = weights(axis);
    Operand<TInt64> shape =
        tf.dtypes.cast(tf.stack(List.of(axis.wanted, axis.stored)), TInt64.class);
    Operand<TFloat64> sums =
        tf.sparse.sparseTensorDenseMatMul(weights.places, weights.values, shape, flat);
    Operand<TFloat64> rounded =
        tf.math.floor(tf.math.add(tf.math.mul(sums, tf.constant(1 / ONE)), tf.constant(0.5)));
    return tf.clipByValue(rounded, tf.constant(0.0), tf.constant(255.0));
  }

  /** Pillow's {@code precompute_coeffs} and {@code normalize_coeffs_8bpc}. */
  private Weights weights(Axis axis) {
    PillowFilter filter = PillowFilter.of(how.interpolation());
    Operand<TFloat64> scale =
        tf.math.div(axis.length(tf), tf.dtypes.cast(axis.wanted, TFloat64.class));
    Operand<TFloat64> stretch = tf.math.maximum(scale, tf.constant(1.0));
    Operand<TFloat64> support = tf.math.mul(stretch, tf.constant(filter.support()));
    Operand<TInt32> taps =
        tf.math.add(
            tf.math.mul(tf.dtypes.cast(tf.math.ceil(support), TInt32.class), tf.constant(2)),
            tf.constant(1));
    Operand<TFloat64> half = tf.constant(0.5);
    // centre of each wanted pixel, in stored pixels: a column
    Operand<TFloat64> center =
        tf.math.add(
            axis.from(tf),
            tf.math.mul(
                tf.math.add(tf.dtypes.cast(column(axis.wanted), TFloat64.class), half), scale));
    Operand<TInt32> first = whole(tf.math.add(tf.math.sub(center, support), half), axis.stored);
    Operand<TInt32> end = whole(tf.math.add(tf.math.add(center, support), half), axis.stored);
    Operand<TInt32> stored =
        tf.math.add(
            first, tf.expandDims(tf.range(tf.constant(0), taps, tf.constant(1)), tf.constant(0)));
    Operand<TFloat64> distance =
        tf.math.mul(
            tf.math.add(tf.math.sub(tf.dtypes.cast(stored, TFloat64.class), center), half),
            tf.math.div(tf.constant(1.0), stretch));
    Operand<TBool> inside = tf.math.less(stored, end);
    Operand<TFloat64> raw = tf.select(inside, filter.weight(tf, distance), tf.zerosLike(distance));
    Operand<TFloat64> share =
        tf.math.divNoNan(
            raw,
            tf.reduceSum(raw, tf.constant(1), org.tensorflow.op.core.ReduceSum.keepDims(true)));
    return new Weights(places(axis, stored), tf.reshape(fixed(share), tf.array(-1)));
  }

  /** Rounds halves away from zero, as a C cast of x ± 0.5 does. */
  private Operand<TFloat64> fixed(Operand<TFloat64> share) {
    Operand<TFloat64> scaled = tf.math.mul(share, tf.constant(ONE));
    Operand<TFloat64> size = tf.math.floor(tf.math.add(tf.math.abs(scaled), tf.constant(0.5)));
    return tf.math.mul(tf.math.sign(scaled), size);
  }

  /** (wanted, stored) index pairs; those past the end weigh nothing and point at the last pixel. */
  private Operand<TInt64> places(Axis axis, Operand<TInt32> stored) {
    Operand<TInt32> last = tf.math.sub(axis.stored, tf.constant(1));
    Operand<TInt32> column = tf.math.minimum(stored, last);
    Operand<TInt32> row = tf.math.add(column(axis.wanted), tf.zerosLike(stored));
    Operand<TInt32> pairs = tf.stack(List.of(row, column), org.tensorflow.op.core.Stack.axis(2L));
    return tf.dtypes.cast(tf.reshape(pairs, tf.array(-1, 2)), TInt64.class);
  }

  /** A C cast to int, kept within 0 and {@code limit}. */
  private Operand<TInt32> whole(Operand<TFloat64> value, Operand<TInt32> limit) {
    Operand<TInt32> cut = tf.dtypes.cast(value, TInt32.class);
    return tf.math.minimum(tf.math.maximum(cut, tf.constant(0)), limit);
  }

  /** The stored pixel under each wanted one; Pillow adds up steps, which rounds differently. */
  private Operand<TInt32> nearest(Axis axis) {
    Operand<TFloat64> step =
        tf.math.div(axis.length(tf), tf.dtypes.cast(axis.wanted, TFloat64.class));
    Operand<TFloat64> start = tf.math.add(axis.from(tf), tf.math.mul(step, tf.constant(0.5)));
    Operand<TFloat64> steps =
        tf.concat(
            List.of(
                tf.expandDims(start, tf.constant(0)),
                tf.broadcastTo(
                    step, tf.expandDims(tf.math.sub(axis.wanted, tf.constant(1)), tf.constant(0)))),
            tf.constant(0));
    Operand<TInt32> index =
        tf.dtypes.cast(tf.math.floor(tf.math.cumsum(steps, tf.constant(0))), TInt32.class);
    return tf.math.minimum(index, tf.math.sub(axis.stored, tf.constant(1)));
  }

  /** Keras's {@code keep_aspect_ratio} cuts a box out of the middle; otherwise all is taken. */
  private Axis axis(Operand<TInt32> along, Operand<TInt32> across, int wanted, int wantedAcross) {
    Operand<TInt32> size = tf.constant(wanted);
    if (how.aspect() == Preprocessing.Aspect.STRETCH) {
      return new Axis(along, tf.constant(0), along, size);
    }
    Operand<TInt32> fitting =
        tf.math.floorDiv(tf.math.mul(across, size), tf.constant(wantedAcross));
    Operand<TInt32> kept = tf.math.minimum(along, fitting);
    Operand<TInt32> from = tf.math.floorDiv(tf.math.sub(along, kept), tf.constant(2));
    return new Axis(along, from, kept, size);
  }

  private Operand<TInt32> at(Operand<TInt32> vector, int index) {
    return tf.reshape(tf.slice(vector, tf.array(index), tf.array(1)), tf.constant(new int[0]));
  }

  /** 0, 1, … as a column. */
  private Operand<TInt32> column(Operand<TInt32> count) {
    return tf.expandDims(tf.range(tf.constant(0), count, tf.constant(1)), tf.constant(1));
  }

  private record Weights(Operand<TInt64> places, Operand<TFloat64> values) {}

  /** One direction: how many pixels are stored, which of them count, how many are wanted. */
  private record Axis(
      Operand<TInt32> stored, Operand<TInt32> begin, Operand<TInt32> kept, Operand<TInt32> wanted) {
    static Axis either(Ops tf, Operand<TBool> choice, Axis yes, Axis no) {
      return new Axis(
          tf.select(choice, yes.stored, no.stored),
          tf.select(choice, yes.begin, no.begin),
          tf.select(choice, yes.kept, no.kept),
          tf.select(choice, yes.wanted, no.wanted));
    }

    /** Whether all that is stored is wanted as it is. */
    Operand<TBool> whole(Ops tf) {
      return tf.math.logicalAnd(tf.math.equal(stored, wanted), tf.math.equal(kept, wanted));
    }

    Operand<TFloat64> from(Ops tf) {
      return tf.dtypes.cast(begin, TFloat64.class);
    }

    Operand<TFloat64> length(Ops tf) {
      return tf.dtypes.cast(kept, TFloat64.class);
    }
  }
}
