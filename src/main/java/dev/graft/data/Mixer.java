package dev.graft.data;

import dev.graft.data.Augmentation.Mix;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.List;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * MixUp and CutMix: each picture of a batch is mixed with another, and its label in proportion.
 *
 * <p>Source: Keras 3.15 {@code layers/preprocessing/image_preprocessing/mix_up.py} and {@code
 * cut_mix.py}. Thread-safe.
 */
final class Mixer implements AutoCloseable {
  private final Mix how;
  private final Graph graph = new Graph();
  private final Session session;
  private final Operand<TFloat32> pictures;
  private final Operand<TInt32> others;
  private final Operand<TFloat32> shares;
  private final Operand<TFloat32> boxes;
  private final Operand<TFloat32> mixed;

  /**
   * What is mixed with what.
   *
   * @param others which picture of the batch each is mixed with
   * @param shares how much of its own label each keeps
   * @param boxes left, right, top and bottom of what is taken from the other, in pixels; null for
   *     MixUp
   */
  record Draw(int[] others, float[] shares, float[] boxes) {}

  Mixer(Mix how, Settings settings) {
    this.how = how;
    Ops tf = Ops.create(graph);
    pictures =
        tf.placeholder(
            TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(-1, -1, -1, -1)));
    others = tf.placeholder(TInt32.class);
    shares = tf.placeholder(TFloat32.class);
    boxes = tf.placeholder(TFloat32.class);
    Operand<TFloat32> other = tf.gather(pictures, others, tf.constant(0));
    mixed = how.cut() == null ? blended(tf, other) : cut(tf, other);
    session = settings.open(graph, Settings.Kind.TRAINING);
  }

  private Operand<TFloat32> blended(Ops tf, Operand<TFloat32> other) {
    Operand<TFloat32> share = tf.reshape(shares, tf.array(-1, 1, 1, 1));
    return tf.math.add(
        tf.math.mul(share, pictures), tf.math.mul(tf.math.sub(tf.constant(1f), share), other));
  }

  private Operand<TFloat32> cut(Ops tf, Operand<TFloat32> other) {
    Operand<TInt32> shape = tf.shape(pictures);
    Operand<TFloat32> y = tf.reshape(numbers(tf, shape, 1), tf.array(1, -1, 1, 1));
    Operand<TFloat32> x = tf.reshape(numbers(tf, shape, 2), tf.array(1, 1, -1, 1));
    Operand<TBool> across =
        tf.math.logicalAnd(tf.math.greaterEqual(x, side(tf, 0)), tf.math.less(x, side(tf, 1)));
    Operand<TBool> down =
        tf.math.logicalAnd(tf.math.greaterEqual(y, side(tf, 2)), tf.math.less(y, side(tf, 3)));
    return tf.select(tf.math.logicalAnd(across, down), other, pictures);
  }

  private Operand<TFloat32> side(Ops tf, int index) {
    return tf.reshape(tf.slice(boxes, tf.array(0, index), tf.array(-1, 1)), tf.array(-1, 1, 1, 1));
  }

  private static Operand<TFloat32> numbers(Ops tf, Operand<TInt32> shape, int axis) {
    Operand<TInt32> count =
        tf.reshape(tf.slice(shape, tf.array(axis), tf.array(1)), tf.constant(new int[0]));
    return tf.dtypes.cast(tf.range(tf.constant(0), count, tf.constant(1)), TFloat32.class);
  }

  /** The draw for a batch, a function of {@code draw} and of its first row. */
  Draw draw(long draw, int[] rows, int height, int width) {
    SplittableRandom random =
        new SplittableRandom(draw ^ new SplittableRandom(~rows[0]).nextLong());
    int count = rows.length;
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    float[] kept = new float[count];
    if (how.cut() == null) {
      for (int i = 0; i < count; i++) {
        kept[i] = (float) beta(random, how.alpha());
      }
      return new Draw(order, kept, null);
    }
    double alpha = how.cut()[0] + random.nextDouble() * (how.cut()[1] - how.cut()[0]) + 1e-6;
    float[] box = new float[4 * count];
    for (int i = 0; i < count; i++) {
      double ratio = Math.sqrt(1 - beta(random, alpha));
      double across = ratio * width;
      double down = ratio * height;
      double left = random.nextDouble() * (width - across);
      double top = random.nextDouble() * (height - down);
      box[4 * i] = (float) left;
      box[4 * i + 1] = (float) (left + across);
      box[4 * i + 2] = (float) top;
      box[4 * i + 3] = (float) (top + down);
      kept[i] = (float) (1 - across * down / ((double) width * height));
    }
    return new Draw(order, kept, box);
  }

  /** A number from the beta distribution with both parameters {@code alpha}, by Jöhnk's method. */
  private static double beta(SplittableRandom random, double alpha) {
    while (true) {
      // In logarithms: with a small alpha both powers are too small for a double.
      double x = Math.log(1 - random.nextDouble()) / alpha;
      double y = Math.log(1 - random.nextDouble()) / alpha;
      double most = Math.max(x, y);
      double sum = most + Math.log(Math.exp(x - most) + Math.exp(y - most));
      if (sum <= 0) {
        return Math.exp(x - sum);
      }
    }
  }

  /** Pictures (batch, height, width, channels) mixed; the caller closes what comes back. */
  Tensor pictures(Tensor batch, Draw draw) {
    int count = draw.others.length;
    float[] box = draw.boxes == null ? new float[4 * count] : draw.boxes;
    try (Tensor order = Tensors.ints(draw.others, count);
        Tensor share = Tensors.floats(draw.shares, count);
        Tensor corners = Tensors.floats(box, count, 4)) {
      // The tensor outlives its Result, which holds nothing else.
      Result result =
          session
              .runner()
              .feed(pictures, batch)
              .feed(others, order)
              .feed(shares, share)
              .feed(boxes, corners)
              .fetch(mixed)
              .run();
      return result.get(0);
    }
  }

  /** Targets (batch, n) mixed; closes {@code targets}. */
  static List<Tensor> targets(List<Tensor> targets, Draw draw) {
    return targets.stream().map(target -> mixed(target, draw)).toList();
  }

  private static Tensor mixed(Tensor target, Draw draw) {
    try (target) {
      float[] own = Tensors.read(target);
      float[] values = new float[own.length];
      int width = own.length / draw.others.length;
      for (int i = 0; i < own.length; i++) {
        float share = draw.shares[i / width];
        float other = own[draw.others[i / width] * width + i % width];
        values[i] = share * own[i] + (1 - share) * other;
      }
      return Tensors.floats(values, target.shape().asArray());
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
