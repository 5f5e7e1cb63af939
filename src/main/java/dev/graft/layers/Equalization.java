package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * Keras's Equalization: in training the values of every channel are spread so that each is about as
 * frequent as the others; one table serves for the whole batch. Otherwise it does nothing. Source:
 * keras/src/layers/preprocessing/image_preprocessing/equalization.py, Keras 3.15.
 *
 * @param range the values of pixels
 * @param bins how many values are told apart
 */
public record Equalization(List<Double> range, int bins, boolean channelsFirst)
    implements RandomPicture {
  static Equalization read(Config c) {
    c.ignore("bounding_box_format", "factor");
    int bins = c.has("bins") ? c.integer("bins") : 256;
    if (bins < 1) {
      throw c.get("bins").wrong("a whole number of at least 1");
    }
    return new Equalization(Chance.range(c), bins, ChannelOrder.first(c));
  }

  @Override
  public Integer seed() {
    return null;
  }

  /** Nothing is drawn. */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    return chance.nothing();
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    Ops tf = f.tf();
    double span = range.get(1) - range.get(0);
    int channels = Math.toIntExact(in.known(3, className()));
    Operand<TFloat32> pixels = f.add(f.mul(x, 255 / span), -range.get(0) * (255 / span));
    Operand<TInt32> seen = whole(f, f.div(f.mul(pixels, bins - 1), f.constant(255)));
    Operand<TInt32> first = tf.math.mul(numbers(tf, channels), tf.constant(bins));
    Operand<TInt32> counts =
        tf.reshape(
            tf.math.unsortedSegmentSum(
                tf.onesLike(seen), tf.math.add(seen, first), tf.constant(channels * bins)),
            f.ints(channels, bins));
    Operand<TInt32> sums = tf.math.cumsum(counts, tf.constant(1));
    // The sum up to the first value that there is.
    Operand<TInt32> most = tf.math.add(tf.zerosLike(sums), tf.constant(Integer.MAX_VALUE));
    Operand<TInt32> least =
        tf.min(
            tf.select(tf.math.greater(sums, tf.constant(0)), sums, most),
            f.ints(1),
            org.tensorflow.op.core.Min.keepDims(true));
    Operand<TInt32> all = tf.max(sums, f.ints(1), org.tensorflow.op.core.Max.keepDims(true));
    Operand<TInt32> rest = tf.math.maximum(tf.math.sub(all, least), tf.constant(1));
    Operand<TFloat64> table =
        tf.math.div(
            tf.math.mul(
                tf.dtypes.cast(tf.math.sub(sums, least), TFloat64.class), tf.constant(255.0)),
            tf.dtypes.cast(rest, TFloat64.class));
    Operand<TFloat32> bounded =
        f.clip(tf.dtypes.cast(tf.math.round(table), TFloat32.class), 0, 255);
    Operand<TInt32> place = whole(f, f.mul(f.div(pixels, f.constant(255)), bins - 1));
    Operand<TFloat32> spread =
        tf.gather(tf.reshape(bounded, f.ints(-1)), tf.math.add(place, first), tf.constant(0));
    Operand<TBool> flat =
        tf.math.lessEqual(
            tf.reduceSum(
                tf.dtypes.cast(tf.math.greater(counts, tf.constant(0)), TInt32.class), f.ints(1)),
            tf.constant(1));
    // A channel of one value stays as it is.
    Operand<TFloat32> y = f.where(flat, pixels, tf.stopGradient(spread));
    return f.add(f.mul(y, span / 255), range.get(0));
  }

  private Operand<TInt32> whole(Floats f, Operand<TFloat32> x) {
    return f.tf().dtypes.cast(f.clip(x, 0, bins - 1), TInt32.class);
  }

  private static Operand<TInt32> numbers(Ops tf, int count) {
    return tf.range(tf.constant(0), tf.constant(count), tf.constant(1));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("value_range", range);
    config.put("bins", bins);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    return config;
  }
}
