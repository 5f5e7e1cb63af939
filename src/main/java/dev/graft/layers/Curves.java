package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The formulas of activations that TensorFlow has no single op for, and those with parameters. */
final class Curves {
  private Curves() {}

  static Operand<TFloat32> leakyRelu(Floats f, Operand<TFloat32> x, double slope) {
    return f.tf().nn.leakyRelu(x, LeakyRelu.alpha((float) slope));
  }

  static Operand<TFloat32> elu(Floats f, Operand<TFloat32> x, double alpha) {
    Operand<TFloat32> y = f.tf().nn.elu(x);
    return alpha == 1 ? y : f.where(above(f, x, 0), y, f.mul(y, alpha));
  }

  static Operand<TFloat32> celu(Floats f, Operand<TFloat32> x, double alpha) {
    Ops tf = f.tf();
    Operand<TFloat32> low = f.mul(tf.math.minimum(x, f.constant(0)), 1 / alpha);
    return f.add(tf.math.maximum(x, f.constant(0)), f.mul(tf.math.expm1(low), alpha));
  }

  /** With {@code approximate} the tanh form. */
  static Operand<TFloat32> gelu(Floats f, Operand<TFloat32> x, boolean approximate) {
    Ops tf = f.tf();
    if (!approximate) {
      Operand<TFloat32> cdf = f.add(tf.math.erf(f.div(x, f.constant(Math.sqrt(2)))), 1);
      return f.mul(f.mul(x, 0.5), cdf);
    }
    Operand<TFloat32> cube = f.mul(f.mul(f.square(x), x), 0.044715);
    Operand<TFloat32> inner = f.mul(f.add(x, cube), Math.sqrt(2 / Math.PI));
    return f.mul(f.mul(x, 0.5), f.add(tf.math.tanh(inner), 1));
  }

  /**
   * Over the last dimension, written out: the native op's gradient sums over dimension 1 whatever
   * the rank.
   */
  static Operand<TFloat32> logSoftmax(Floats f, Operand<TFloat32> x) {
    Operand<TFloat32> shifted = f.sub(x, f.tf().stopGradient(f.max(x, true, -1)));
    return f.sub(shifted, f.tf().math.log(f.sum(f.tf().math.exp(shifted), true, -1)));
  }

  /**
   * After a batch normalisation by way of the negative, which changes no bit of an odd function:
   * TensorFlow fuses convolution, normalisation and tanh to an op that it then cannot run.
   */
  static Operand<TFloat32> tanh(Floats f, Operand<TFloat32> x) {
    Ops tf = f.tf();
    boolean fused = x.op().type().startsWith("FusedBatchNorm");
    return fused ? tf.math.neg(tf.math.tanh(tf.math.neg(x))) : tf.math.tanh(x);
  }

  static Operand<TFloat32> logSigmoid(Floats f, Operand<TFloat32> x) {
    return f.tf().math.neg(f.tf().math.softplus(f.tf().math.neg(x)));
  }

  static Operand<TFloat32> hardSigmoid(Floats f, Operand<TFloat32> x) {
    return f.div(f.tf().nn.relu6(f.add(x, 3)), f.constant(6));
  }

  static Operand<TFloat32> softShrink(Floats f, Operand<TFloat32> x, double threshold) {
    Operand<TFloat32> zero = f.tf().zerosLike(x);
    return f.where(
        above(f, x, threshold),
        f.add(x, -threshold),
        f.where(f.tf().math.less(x, f.constant(-threshold)), f.add(x, threshold), zero));
  }

  static Operand<TFloat32> hardShrink(Floats f, Operand<TFloat32> x, double threshold) {
    return f.where(above(f, f.tf().math.abs(x), threshold), x, f.tf().zerosLike(x));
  }

  static Operand<TFloat32> sparsePlus(Floats f, Operand<TFloat32> x) {
    Operand<TFloat32> middle = f.mul(f.square(f.add(x, 1)), 0.25);
    return f.where(
        f.tf().math.lessEqual(x, f.constant(-1)),
        f.tf().zerosLike(x),
        f.where(f.tf().math.less(x, f.constant(1)), middle, x));
  }

  static Operand<TFloat32> squarePlus(Floats f, Operand<TFloat32> x, double b) {
    return f.mul(f.add(x, f.tf().math.sqrt(f.add(f.square(x), b))), 0.5);
  }

  /** {@code x} above {@code threshold}, elsewhere {@code low}. */
  static Operand<TFloat32> threshold(Floats f, Operand<TFloat32> x, double threshold, double low) {
    return f.where(above(f, x, threshold), x, f.add(f.tf().zerosLike(x), low));
  }

  /**
   * Keras's sparsemax over the last dimension. Keras 3.15 takes the sum of the running sums of what
   * stays where Martins and Astudillo (2016) take the last of them; so does Graft. The order is
   * found without gradient, because sorting has none.
   */
  static Operand<TFloat32> sparsemax(Floats f, Operand<TFloat32> x) {
    Ops tf = f.tf();
    int last = x.shape().numDimensions() - 1;
    Operand<TInt32> size = tf.gather(tf.shape(x), tf.constant(last), tf.constant(0));
    Operand<TInt32> order = tf.nn.topK(tf.stopGradient(x), size, new TopK.Options[0]).indices();
    Operand<TFloat32> sorted =
        tf.gather(x, order, tf.constant(last), Gather.batchDims((long) last));
    Operand<TFloat32> sums = tf.math.cumsum(sorted, tf.constant(last));
    Operand<TInt32> ends = tf.math.add(size, tf.constant(1));
    Operand<TFloat32> ranks =
        tf.dtypes.cast(tf.range(tf.constant(1), ends, tf.constant(1)), TFloat32.class);
    Operand<TBool> stays = above(f, f.sub(sorted, f.div(f.add(sums, -1), ranks)), 0);
    Operand<TFloat32> count = f.sum(f.cast(stays), true, -1);
    Operand<TFloat32> kept = f.sum(f.where(stays, sums, f.constant(0)), true, -1);
    return tf.nn.relu(f.sub(x, f.div(f.add(kept, -1), count)));
  }

  private static Operand<TBool> above(Floats f, Operand<TFloat32> x, double threshold) {
    return f.tf().math.greater(x, f.constant(threshold));
  }
}
