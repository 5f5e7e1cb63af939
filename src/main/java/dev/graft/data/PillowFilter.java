package dev.graft.data;

import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** Pillow's resampling filters. Source: {@code src/libImaging/Resample.c}. */
enum PillowFilter {
  BOX(0.5),
  BILINEAR(1),
  HAMMING(1),
  BICUBIC(2),
  LANCZOS(3);

  private final double support;

  PillowFilter(double support) {
    this.support = support;
  }

  static PillowFilter of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Half the width of the filter, in pixels of the smaller picture. */
  double support() {
    return support;
  }

  /** The weight at distance {@code x}, element by element. */
  Operand<TFloat64> weight(Ops tf, Operand<TFloat64> x) {
    Operand<TFloat64> a = tf.math.abs(x);
    return switch (this) {
      case BOX ->
          tf.dtypes.cast(
              tf.math.logicalAnd(
                  tf.math.greater(x, tf.constant(-0.5)), tf.math.lessEqual(x, tf.constant(0.5))),
              TFloat64.class);
      case BILINEAR -> tf.math.maximum(tf.math.sub(tf.constant(1.0), a), tf.constant(0.0));
      case HAMMING ->
          tf.math.mul(
              within(
                  tf,
                  tf.math.less(a, tf.constant(1.0)),
                  tf.math.add(
                      tf.constant(0.54),
                      tf.math.mul(
                          tf.constant(0.46), tf.math.cos(tf.math.mul(x, tf.constant(Math.PI)))))),
              sinc(tf, x));
      case BICUBIC -> bicubic(tf, a);
      case LANCZOS ->
          within(
              tf,
              tf.math.logicalAnd(
                  tf.math.greaterEqual(x, tf.constant(-3.0)), tf.math.less(x, tf.constant(3.0))),
              tf.math.mul(sinc(tf, x), sinc(tf, tf.math.div(x, tf.constant(3.0)))));
    };
  }

  /** Keys's cubic with a = -0.5. */
  private static Operand<TFloat64> bicubic(Ops tf, Operand<TFloat64> a) {
    Operand<TFloat64> near =
        tf.math.add(
            tf.math.mul(
                tf.math.mul(tf.math.sub(tf.math.mul(a, tf.constant(1.5)), tf.constant(2.5)), a), a),
            tf.constant(1.0));
    // (((x - 5) * x + 8) * x - 4) * a
    Operand<TFloat64> far =
        tf.math.mul(
            tf.math.sub(
                tf.math.mul(
                    tf.math.add(tf.math.mul(tf.math.sub(a, tf.constant(5.0)), a), tf.constant(8.0)),
                    a),
                tf.constant(4.0)),
            tf.constant(-0.5));
    Operand<TFloat64> tail = within(tf, tf.math.less(a, tf.constant(2.0)), far);
    return tf.select(tf.math.less(a, tf.constant(1.0)), near, tail);
  }

  private static Operand<TFloat64> sinc(Ops tf, Operand<TFloat64> x) {
    Operand<TFloat64> angle = tf.math.mul(x, tf.constant(Math.PI));
    return tf.select(
        tf.math.equal(x, tf.constant(0.0)),
        tf.onesLike(x),
        tf.math.divNoNan(tf.math.sin(angle), angle));
  }

  private static Operand<TFloat64> within(
      Ops tf, Operand<org.tensorflow.types.TBool> inside, Operand<TFloat64> value) {
    return tf.select(inside, value, tf.zerosLike(value));
  }
}
