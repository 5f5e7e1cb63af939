package dev.graft.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Adafactor: second moments kept by row and column. Source:
 * keras/src/optimizers/adafactor.py, Keras 3.15.
 *
 * @param decay {@code beta_2_decay}
 * @param epsilon1 added to squared gradients
 * @param epsilon2 the least size a weight is taken to have
 * @param threshold {@code clip_threshold}
 * @param relative {@code relative_step}, which changes nothing in Keras: the rate is bounded by
 *     {@code 1 / √step} in any case
 */
public record Adafactor(
    double decay, double epsilon1, double epsilon2, double threshold, boolean relative)
    implements Rule {
  private static final String ROWS = "r";
  private static final String COLUMNS = "c";
  private static final String V = "velocity";

  @Override
  public List<Slot> slots(Shape weight) {
    List<Slot> slots = new ArrayList<>();
    if (weight.numDimensions() >= 2) {
      long[] sizes = weight.asArray();
      int last = sizes.length - 1;
      long[] columns = Arrays.copyOf(sizes, last);
      columns[last - 1] = sizes[last];
      slots.add(Slot.zeros(ROWS, Shape.of(Arrays.copyOf(sizes, last)), 0));
      slots.add(Slot.zeros(COLUMNS, Shape.of(columns), 0));
    } else {
      // Of no use, but Keras 3 has them in its files.
      slots.add(Slot.zeros(ROWS, Shape.scalar(), 0));
      slots.add(Slot.zeros(COLUMNS, Shape.scalar(), 0));
    }
    slots.add(Slot.zeros(V, weight, 0));
    return slots;
  }

  @Override
  public Op update(Update u) {
    Ops tf = u.tf();
    Operand<TFloat32> one = u.number(1);
    Operand<TFloat32> bound = tf.math.div(one, tf.math.sqrt(u.step()));
    // Keras bounds the rate by 1 / √step here whether it is relative or not.
    Operand<TFloat32> rho = tf.math.minimum(u.rate(), bound);
    Operand<TFloat32> alpha =
        tf.math.mul(tf.math.maximum(u.number(epsilon2), rms(tf, tf.math.square(u.weight()))), rho);
    Operand<TFloat32> squares = tf.math.add(u.squares(), u.number(epsilon1));
    Operand<TFloat32> keep = tf.math.sub(one, tf.math.pow(u.step(), u.number(decay)));
    List<Op> ops = new ArrayList<>();
    Operand<TFloat32> v = moments(u, squares, keep, ops);
    ops.add(u.set(V, v));
    Operand<TFloat32> step = tf.math.div(u.gradient(), tf.math.sqrt(v));
    Operand<TFloat32> size =
        rms(tf, u.apart() ? tf.math.div(u.squares(), v) : tf.math.square(step));
    Operand<TFloat32> clipped =
        tf.math.div(step, tf.math.maximum(one, tf.math.div(size, u.number(threshold))));
    ops.add(u.subtract(tf.math.mul(alpha, clipped)));
    return u.all(ops.toArray(Op[]::new));
  }

  private static Operand<TFloat32> moments(
      Update u, Operand<TFloat32> squares, Operand<TFloat32> keep, List<Op> ops) {
    Ops tf = u.tf();
    int rank = u.variable().shape().numDimensions();
    if (rank < 2) {
      return mixed(u, V, squares, keep);
    }
    Operand<TFloat32> rows = mixed(u, ROWS, tf.math.mean(squares, tf.constant(rank - 1)), keep);
    Operand<TFloat32> columns =
        mixed(u, COLUMNS, tf.math.mean(squares, tf.constant(rank - 2)), keep);
    ops.add(u.set(ROWS, rows));
    ops.add(u.set(COLUMNS, columns));
    Operand<TFloat32> shares =
        tf.math.div(rows, tf.math.mean(rows, tf.constant(rank - 2), Mean.keepDims(true)));
    return tf.math.mul(
        tf.expandDims(shares, tf.constant(-1)), tf.expandDims(columns, tf.constant(-2)));
  }

  private static Operand<TFloat32> mixed(
      Update u, String slot, Operand<TFloat32> value, Operand<TFloat32> keep) {
    Ops tf = u.tf();
    return tf.math.add(
        tf.math.mul(keep, u.slot(slot).read()), tf.math.mul(tf.math.sub(u.number(1), keep), value));
  }

  private static Operand<TFloat32> rms(Ops tf, Operand<TFloat32> squares) {
    Operand<TFloat32> flat = tf.reshape(squares, tf.constant(new int[] {-1}));
    return tf.math.sqrt(tf.math.mean(flat, tf.constant(0)));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("beta_2_decay", decay);
    config.put("epsilon_1", epsilon1);
    config.put("epsilon_2", epsilon2);
    config.put("clip_threshold", threshold);
    config.put("relative_step", relative);
    return config;
  }
}
