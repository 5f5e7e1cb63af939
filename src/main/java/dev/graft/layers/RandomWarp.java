package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ImageProjectiveTransformV3;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandomRotation, RandomShear, RandomTranslation and RandomZoom: in training every picture
 * is warped by an amount of its own, otherwise nothing happens. Source:
 * keras/src/layers/preprocessing/ image_preprocessing, Keras 3.15.
 *
 * @param kind which
 * @param rows bounds of the angle in turns, of the share of rows, or of the shear along rows
 * @param columns bounds of the share of columns, or of the shear along columns; null for a
 *     rotation, and for a zoom that keeps the aspect ratio
 */
public record RandomWarp(
    Kind kind,
    Chance.Bounds rows,
    Chance.Bounds columns,
    Edge edge,
    boolean channelsFirst,
    Integer seed)
    implements RandomPicture {
  /** Which warp. */
  public enum Kind {
    ROTATION,
    SHEAR,
    TRANSLATION,
    ZOOM
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
    c.ignore("bounding_box_format");
    Chance.Bounds none = new Chance.Bounds(0, 0);
    Chance.Bounds first =
        switch (kind) {
          case ROTATION -> Chance.Bounds.read(c, "factor");
          case SHEAR -> c.has("x_factor") ? Chance.Bounds.read(c, "x_factor") : none;
          case TRANSLATION, ZOOM -> Chance.Bounds.read(c, "height_factor");
        };
    Chance.Bounds second =
        switch (kind) {
          case ROTATION -> null;
          case SHEAR -> c.has("y_factor") ? Chance.Bounds.read(c, "y_factor") : none;
          case TRANSLATION, ZOOM -> Chance.Bounds.read(c, "width_factor");
        };
    return new RandomWarp(
        kind, first, second, Edge.read(c), ChannelOrder.first(c), Numbers.seed(c));
  }

  @Override
  public String className() {
    String name = kind.name();
    return "Random" + name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  /**
   * The angle in degrees; the zooms of height and width; the shifts along height and width in
   * pixels; the shears along x and y.
   */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    Floats f = chance.f();
    Operand<TFloat32> first = chance.between(rows, 0);
    Operand<TFloat32> second = columns == null ? first : chance.between(columns, 1);
    return chance.table(
        switch (kind) {
          case ROTATION -> List.of(f.mul(first, 360));
          case SHEAR -> {
            Operand<TFloat32> sign = chance.sign(2);
            yield List.of(f.mul(sign, first), f.mul(sign, second));
          }
          case TRANSLATION -> List.of(f.mul(first, chance.size(1)), f.mul(second, chance.size(2)));
          case ZOOM -> List.of(f.add(first, 1), f.add(second, 1));
        });
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    Extent[] sizes = Extent.all(f.tf(), x, in);
    Operand<TFloat32> right = f.add(f.tf().dtypes.cast(sizes[2].scalar(), TFloat32.class), -1);
    Operand<TFloat32> bottom = f.add(f.tf().dtypes.cast(sizes[1].scalar(), TFloat32.class), -1);
    return f.tf()
        .image
        .imageProjectiveTransformV3(
            x,
            transforms(f, drawn, right, bottom),
            Extent.vector(f.tf(), sizes[1], sizes[2]),
            f.constant(edge.fillValue()),
            edge.interpolation().toUpperCase(Locale.ROOT),
            ImageProjectiveTransformV3.fillMode(edge.fillMode().toUpperCase(Locale.ROOT)));
  }

  /** One row of eight numbers a picture: where each output pixel comes from. */
  private Operand<TFloat32> transforms(
      Floats f, Operand<TFloat32> drawn, Operand<TFloat32> right, Operand<TFloat32> bottom) {
    Ops tf = f.tf();
    Operand<TFloat32> first = f.at(drawn, 1, 0);
    Operand<TFloat32> second = kind == Kind.ROTATION ? first : f.at(drawn, 1, 1);
    Operand<TFloat32> none = tf.zerosLike(first);
    Operand<TFloat32> one = tf.onesLike(first);
    List<Operand<TFloat32>> rows8 =
        switch (kind) {
          case TRANSLATION ->
              List.of(one, none, tf.math.neg(second), none, one, tf.math.neg(first), none, none);
          case SHEAR -> List.of(one, first, none, second, one, none, none, none);
          case ZOOM ->
              List.of(
                  second,
                  none,
                  f.mul(f.mul(right, f.sub(1, second)), 0.5),
                  none,
                  first,
                  f.mul(f.mul(bottom, f.sub(1, first)), 0.5),
                  none,
                  none);
          case ROTATION -> {
            Operand<TFloat32> cos = tf.math.cos(f.mul(first, Math.PI / 180));
            Operand<TFloat32> sin = tf.math.sin(f.mul(first, Math.PI / 180));
            Operand<TFloat32> x = f.sub(f.mul(cos, right), f.mul(sin, bottom));
            Operand<TFloat32> y = f.add(f.mul(sin, right), f.mul(cos, bottom));
            yield List.of(
                cos,
                tf.math.neg(sin),
                f.mul(f.sub(right, x), 0.5),
                sin,
                cos,
                f.mul(f.sub(bottom, y), 0.5),
                none,
                none);
          }
        };
    return tf.stack(rows8, org.tensorflow.op.core.Stack.axis(1L));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    switch (kind) {
      case ROTATION -> config.put("factor", rows.keras());
      case SHEAR -> {
        config.put("x_factor", shear(rows));
        config.put("y_factor", shear(columns));
      }
      case TRANSLATION, ZOOM -> {
        config.put("height_factor", rows.keras());
        config.put("width_factor", columns == null ? null : columns.keras());
      }
    }
    config.put("fill_mode", edge.fillMode());
    config.put("fill_value", edge.fillValue());
    config.put("interpolation", edge.interpolation());
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }

  /** Keras refuses the negative bound that it writes itself; one number says the same. */
  private static Object shear(Chance.Bounds bounds) {
    return bounds.low() == -bounds.high() ? (Object) bounds.high() : bounds.keras();
  }
}
