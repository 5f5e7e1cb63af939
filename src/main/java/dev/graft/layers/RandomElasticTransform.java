package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's RandomElasticTransform: in training every pixel of some pictures is fetched from
 * elsewhere, by a smooth random field. Source: keras/src/layers/preprocessing/image_preprocessing/
 * random_elastic_transform.py and elastic_transform of keras/src/backend/tensorflow/image.py, Keras
 * 3.15; one field serves for both directions there, too.
 *
 * @param factor bounds of the chance that a picture is changed
 * @param scale bounds of the strength, which is drawn for the batch
 * @param range the values of pixels
 */
public record RandomElasticTransform(
    Chance.Bounds factor,
    Chance.Bounds scale,
    RandomWarp.Edge edge,
    List<Double> range,
    boolean channelsFirst,
    Integer seed)
    implements RandomPicture {
  private static final int NOISE = 4;

  static RandomElasticTransform read(Config c) {
    c.ignore("bounding_box_format");
    RandomPerspective.interpolation(c);
    return new RandomElasticTransform(
        Chance.Bounds.fromZero(c, "factor", 1),
        Chance.Bounds.fromZero(c, "scale", 1),
        RandomWarp.Edge.read(c),
        Chance.range(c),
        ChannelOrder.first(c),
        Numbers.seed(c));
  }

  /** 1 or 0 for whether, and the strength, of which the first picture's holds for all. */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    return chance.table(List.of(chance.whether(factor, 0), chance.between(scale, 2)));
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    throw new IllegalStateException("it needs noise, too");
  }

  @Override
  public Operand<TFloat32> trained(Chance chance, Operand<TFloat32> x, Spec in) {
    if (factor.high() == 0 || scale.high() == 0) {
      return x;
    }
    Extent[] one = {chance.sizes()[0], chance.sizes()[1], chance.sizes()[2]};
    return change(chance.f(), x, in, draw(chance), chance.normal(NOISE, one));
  }

  /**
   * As the other method.
   *
   * @param noise a normal number for each pixel: (batch, rows, columns)
   */
  Operand<TFloat32> change(
      Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn, Operand<TFloat32> noise) {
    Ops tf = f.tf();
    Extent[] sizes = Extent.all(tf, x, in);
    Operand<TFloat32> rows = tf.dtypes.cast(sizes[1].scalar(), TFloat32.class);
    Operand<TFloat32> columns = tf.dtypes.cast(sizes[2].scalar(), TFloat32.class);
    Operand<TFloat32> strength = f.at(f.at(drawn, 0, 0), 0, 1);
    Operand<TFloat32> far = f.mul(tf.math.maximum(rows, columns), f.mul(strength, 0.1));
    Operand<TFloat32> sigma = f.mul(tf.math.minimum(rows, columns), f.mul(strength, 0.05));
    Operand<TFloat32> moves = f.mul(far, smooth(f, f.mul(noise, sigma), sigma));
    Operand<TFloat32> down = f.add(f.along(numbers(f, sizes[1].scalar()), 1, 3), moves);
    Operand<TFloat32> right = f.add(numbers(f, sizes[2].scalar()), moves);
    Operand<TFloat32> moved =
        new Fetched(f, x, sizes, edge).at(tf.stopGradient(down), tf.stopGradient(right));
    Operand<TBool> chosen = tf.math.greater(Chance.column(f, drawn, 0), f.constant(0.5));
    return f.clip(f.where(chosen, moved, x), range.get(0), range.get(1));
  }

  private static Operand<TFloat32> numbers(Floats f, Operand<TInt32> count) {
    Ops tf = f.tf();
    return tf.dtypes.cast(tf.range(tf.constant(0), count, tf.constant(1)), TFloat32.class);
  }

  /** (batch, rows, columns) through a Gaussian window, whose sides come one after the other. */
  private static Operand<TFloat32> smooth(
      Floats f, Operand<TFloat32> field, Operand<TFloat32> sigma) {
    Ops tf = f.tf();
    Operand<TInt32> reach = tf.math.mul(tf.dtypes.cast(sigma, TInt32.class), tf.constant(3));
    Operand<TInt32> count = tf.math.add(tf.math.mul(reach, tf.constant(2)), tf.constant(1));
    Operand<TFloat32> places = f.sub(numbers(f, count), tf.dtypes.cast(reach, TFloat32.class));
    // A window of one place has no width.
    Operand<TFloat32> width = tf.math.maximum(sigma, f.constant(Float.MIN_NORMAL));
    Operand<TFloat32> bell = tf.math.exp(f.mul(f.square(f.div(places, width)), -0.5));
    bell = f.div(bell, f.sum(bell, true, 0));
    List<Long> strides = List.of(1L, 1L, 1L, 1L);
    Operand<TFloat32> y = f.expand(field, 3);
    y = tf.nn.conv2d(y, tf.reshape(bell, f.ints(-1, 1, 1, 1)), strides, "SAME");
    y = tf.nn.conv2d(y, tf.reshape(bell, f.ints(1, -1, 1, 1)), strides, "SAME");
    return f.squeeze(y, 3);
  }

  /** Pixels of pictures at places between them: Keras's map_coordinates. */
  private record Fetched(Floats f, Operand<TFloat32> x, Extent[] sizes, RandomWarp.Edge edge) {
    Operand<TFloat32> at(Operand<TFloat32> down, Operand<TFloat32> right) {
      Ops tf = f.tf();
      if (edge.interpolation().equals("nearest")) {
        return pixel(whole(tf.math.round(down)), whole(tf.math.round(right)));
      }
      Operand<TFloat32> top = tf.math.floor(down);
      Operand<TFloat32> left = tf.math.floor(right);
      Operand<TFloat32> lower = f.expand(f.sub(down, top), 3);
      Operand<TFloat32> later = f.expand(f.sub(right, left), 3);
      Operand<TFloat32> y = null;
      for (int i = 0; i < 4; i++) {
        Operand<TFloat32> share =
            f.mul(i < 2 ? f.sub(1, lower) : lower, i % 2 == 0 ? f.sub(1, later) : later);
        Operand<TFloat32> part =
            f.mul(share, pixel(next(whole(top), i / 2), next(whole(left), i % 2)));
        y = y == null ? part : f.add(y, part);
      }
      return y;
    }

    private Operand<TInt32> whole(Operand<TFloat32> places) {
      return f.tf().dtypes.cast(places, TInt32.class);
    }

    private Operand<TInt32> next(Operand<TInt32> places, int by) {
      return by == 0 ? places : f.tf().math.add(places, f.tf().constant(by));
    }

    /** The pixels (batch, rows, columns, channels) at whole places, which may lie outside. */
    private Operand<TFloat32> pixel(Operand<TInt32> down, Operand<TInt32> right) {
      Ops tf = f.tf();
      Operand<TInt32> batch =
          tf.reshape(tf.range(tf.constant(0), sizes[0].scalar(), tf.constant(1)), f.ints(-1, 1, 1));
      Operand<TInt32> row = tf.math.add(tf.math.mul(batch, sizes[1].scalar()), inner(down, 1));
      Operand<TInt32> place = tf.math.add(tf.math.mul(row, sizes[2].scalar()), inner(right, 2));
      Operand<TFloat32> flat = tf.reshape(x, tf.stack(List.of(tf.constant(-1), sizes[3].scalar())));
      Operand<TFloat32> found = tf.gather(flat, place, tf.constant(0));
      if (!edge.fillMode().equals("constant")) {
        return found;
      }
      Operand<TBool> there = tf.math.logicalAnd(within(down, 1), within(right, 2));
      return f.where(tf.expandDims(there, tf.constant(3)), found, f.constant(edge.fillValue()));
    }

    private Operand<TBool> within(Operand<TInt32> places, int axis) {
      Ops tf = f.tf();
      return tf.math.logicalAnd(
          tf.math.greaterEqual(places, tf.constant(0)), tf.math.less(places, sizes[axis].scalar()));
    }

    /** Places outside of the picture become places in it, in Keras's way. */
    private Operand<TInt32> inner(Operand<TInt32> places, int axis) {
      Ops tf = f.tf();
      Operand<TInt32> size = sizes[axis].scalar();
      return switch (edge.fillMode()) {
        case "wrap" -> tf.math.floorMod(places, size);
        case "reflect" -> {
          Operand<TInt32> both = tf.math.mul(size, tf.constant(2));
          Operand<TInt32> turn = tf.math.floorMod(tf.math.abs(places), both);
          Operand<TInt32> back = tf.math.sub(tf.math.sub(both, turn), tf.constant(1));
          yield tf.select(tf.math.less(turn, size), turn, back);
        }
        default ->
            tf.math.minimum(
                tf.math.maximum(places, tf.constant(0)), tf.math.sub(size, tf.constant(1)));
      };
    }
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("factor", factor.keras());
    config.put("scale", scale.keras());
    config.put("interpolation", edge.interpolation());
    config.put("fill_mode", edge.fillMode());
    config.put("fill_value", edge.fillValue());
    config.put("value_range", range);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }
}
