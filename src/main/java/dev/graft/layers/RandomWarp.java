package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ImageProjectiveTransformV3;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's RandomRotation, RandomTranslation and RandomZoom: in training every picture is warped by
 * an amount of its own, otherwise nothing happens. Source: keras/src/layers/preprocessing/
 * image_preprocessing, Keras 3.15.
 *
 * @param kind which
 * @param rows bounds of the angle in turns, or of the share of rows
 * @param columns bounds of the share of columns; null for a rotation, and for a zoom that keeps the
 *     aspect ratio
 */
public record RandomWarp(
    Kind kind, Bounds rows, Bounds columns, Edge edge, boolean channelsFirst, Integer seed)
    implements Unary {
  /** Which warp. */
  public enum Kind {
    ROTATION,
    TRANSLATION,
    ZOOM
  }

  /** From where to where an amount is drawn. */
  public record Bounds(double low, double high) {
    /** A number f for -f to f, or both bounds. */
    static Bounds read(Config c, String key) {
      if (!c.has(key)) {
        return null;
      }
      if (c.get(key).isNumber()) {
        double most = c.number(key);
        return new Bounds(-most, most);
      }
      double[] both = Numbers.array(c.get(key)).numbers();
      if (both.length != 2) {
        throw c.get(key).wrong("a number, or a lower and an upper bound");
      }
      return new Bounds(both[0], both[1]);
    }

    List<Double> keras() {
      return List.of(low, high);
    }
  }

  /** What is drawn where the picture ends, and between its pixels. */
  public record Edge(String fillMode, double fillValue, String interpolation) {
    private static final Set<String> MODES = Set.of("reflect", "wrap", "constant", "nearest");

    static Edge read(Config c) {
      String mode = c.string("fill_mode", "reflect");
      if (!MODES.contains(mode)) {
        throw c.get("fill_mode").wrong("reflect, wrap, constant or nearest");
      }
      return new Edge(mode, c.number("fill_value", 0), c.string("interpolation", "bilinear"));
    }
  }

  static RandomWarp read(Config c, Kind kind) {
    boolean turn = kind == Kind.ROTATION;
    c.ignore("bounding_box_format");
    return new RandomWarp(
        kind,
        Bounds.read(c, turn ? "factor" : "height_factor"),
        turn ? null : Bounds.read(c, "width_factor"),
        Edge.read(c),
        ChannelOrder.first(c),
        Numbers.seed(c));
  }

  @Override
  public String className() {
    String name = kind.name();
    return "Random" + name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Spec output(Spec input) {
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    if (!call.training()) {
      return x;
    }
    if (channelsFirst || call.specs().get(0).rank() != 4) {
      throw new UnsupportedException(
          className() + ": Graft trains it on (batch, rows, columns, channels) only.");
    }
    Floats f = Floats.of(call);
    Ops tf = f.tf();
    Extent[] sizes = Extent.all(tf, x, call.specs().get(0));
    Operand<TFloat32> height = f.tf().dtypes.cast(Extent.vector(tf, sizes[1]), TFloat32.class);
    Operand<TFloat32> width = f.tf().dtypes.cast(Extent.vector(tf, sizes[2]), TFloat32.class);
    Operand<TInt32> batch = Extent.vector(tf, sizes[0]);
    Operand<TFloat32> first = draw(call, batch, rows, 0);
    Operand<TFloat32> second = columns == null ? first : draw(call, batch, columns, 1);
    return tf.image.imageProjectiveTransformV3(
        x,
        transforms(f, first, second, height, width),
        Extent.vector(tf, sizes[1], sizes[2]),
        f.constant(edge.fillValue()),
        edge.interpolation().toUpperCase(Locale.ROOT),
        ImageProjectiveTransformV3.fillMode(edge.fillMode().toUpperCase(Locale.ROOT)));
  }

  private Operand<TFloat32> draw(Call call, Operand<TInt32> batch, Bounds bounds, int index) {
    Floats f = Floats.of(call);
    Operand<TFloat32> share =
        call.tf().random.statelessRandomUniform(batch, call.seed(seed, index));
    return f.add(f.mul(share, bounds.high() - bounds.low()), bounds.low());
  }

  /** One row of eight numbers a picture: where each output pixel comes from. */
  private Operand<TFloat32> transforms(
      Floats f,
      Operand<TFloat32> first,
      Operand<TFloat32> second,
      Operand<TFloat32> height,
      Operand<TFloat32> width) {
    Ops tf = f.tf();
    Operand<TFloat32> zero = tf.zerosLike(first);
    Operand<TFloat32> one = tf.onesLike(first);
    Operand<TFloat32> right = f.add(width, -1);
    Operand<TFloat32> bottom = f.add(height, -1);
    List<Operand<TFloat32>> rows8 =
        switch (kind) {
          case TRANSLATION ->
              List.of(
                  one,
                  zero,
                  tf.math.neg(f.mul(second, width)),
                  zero,
                  one,
                  tf.math.neg(f.mul(first, height)),
                  zero,
                  zero);
          case ZOOM -> {
            Operand<TFloat32> tall = f.add(first, 1);
            Operand<TFloat32> wide = f.add(second, 1);
            yield List.of(
                wide,
                zero,
                f.mul(f.mul(right, f.sub(1, wide)), 0.5),
                zero,
                tall,
                f.mul(f.mul(bottom, f.sub(1, tall)), 0.5),
                zero,
                zero);
          }
          case ROTATION -> {
            Operand<TFloat32> cos = tf.math.cos(f.mul(first, 2 * Math.PI));
            Operand<TFloat32> sin = tf.math.sin(f.mul(first, 2 * Math.PI));
            Operand<TFloat32> x = f.sub(f.mul(cos, right), f.mul(sin, bottom));
            Operand<TFloat32> y = f.add(f.mul(sin, right), f.mul(cos, bottom));
            yield List.of(
                cos,
                tf.math.neg(sin),
                f.mul(f.sub(right, x), 0.5),
                sin,
                cos,
                f.mul(f.sub(bottom, y), 0.5),
                zero,
                zero);
          }
        };
    return tf.stack(rows8, org.tensorflow.op.core.Stack.axis(1L));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (kind == Kind.ROTATION) {
      config.put("factor", rows.keras());
    } else {
      config.put("height_factor", rows.keras());
      config.put("width_factor", columns == null ? null : columns.keras());
    }
    config.put("fill_mode", edge.fillMode());
    config.put("fill_value", edge.fillValue());
    config.put("interpolation", edge.interpolation());
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }
}
