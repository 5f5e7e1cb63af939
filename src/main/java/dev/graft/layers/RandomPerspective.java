package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.image.ImageProjectiveTransformV3;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandomPerspective: in training the corners of some pictures are moved. Source:
 * keras/src/layers/preprocessing/image_preprocessing/random_perspective.py, Keras 3.15.
 *
 * @param factor bounds of the chance that a picture is changed
 * @param scale how far a corner's coordinates move at most: half of that share of themselves
 */
public record RandomPerspective(
    Chance.Bounds factor,
    double scale,
    String interpolation,
    double fillValue,
    boolean channelsFirst,
    Integer seed)
    implements RandomPicture {
  private static final int CORNERS = 4;

  static RandomPerspective read(Config c) {
    c.ignore("bounding_box_format");
    return new RandomPerspective(
        Chance.Bounds.fromZero(c, "factor", 1),
        c.has("scale") ? Numbers.share(c, "scale") : 1,
        interpolation(c),
        c.number("fill_value", 0),
        ChannelOrder.first(c),
        Numbers.seed(c));
  }

  static String interpolation(Config c) {
    String word = c.string("interpolation", "bilinear");
    if (!word.equals("bilinear") && !word.equals("nearest")) {
      throw c.get("interpolation").wrong("bilinear or nearest");
    }
    return word;
  }

  /** 1 or 0 for whether, and where the four corners go: x and y of each, in pixels. */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    Floats f = chance.f();
    Chance.Bounds moves = new Chance.Bounds(1 - scale / 2, 1 + scale / 2);
    List<Operand<TFloat32>> numbers = new ArrayList<>();
    numbers.add(chance.whether(factor, 0));
    for (int corner = 0; corner < CORNERS; corner++) {
      for (int axis = 0; axis < 2; axis++) {
        Operand<TFloat32> start =
            start(f, corner, axis, f.add(chance.size(2), -1), f.add(chance.size(1), -1));
        numbers.add(f.mul(start, chance.between(moves, 2 + 2 * corner + axis)));
      }
    }
    return chance.table(numbers);
  }

  /** Corners go by rows, each from left to right. */
  private static Operand<TFloat32> start(
      Floats f, int corner, int axis, Operand<TFloat32> right, Operand<TFloat32> bottom) {
    boolean far = axis == 0 ? corner % 2 == 1 : corner >= 2;
    return far ? axis == 0 ? right : bottom : f.constant(0);
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    Extent[] sizes = Extent.all(f.tf(), x, in);
    Operand<TFloat32> right = f.add(f.tf().dtypes.cast(sizes[2].scalar(), TFloat32.class), -1);
    Operand<TFloat32> bottom = f.add(f.tf().dtypes.cast(sizes[1].scalar(), TFloat32.class), -1);
    Operand<TFloat32> moved =
        f.tf()
            .image
            .imageProjectiveTransformV3(
                x,
                transforms(f, drawn, right, bottom),
                Extent.vector(f.tf(), sizes[1], sizes[2]),
                f.constant(fillValue),
                interpolation.toUpperCase(Locale.ROOT),
                ImageProjectiveTransformV3.fillMode("CONSTANT"));
    return f.where(f.tf().math.greater(Chance.column(f, drawn, 0), f.constant(0.5)), moved, x);
  }

  /** What takes the moved corners back to where they were: eight unknowns, eight equations. */
  private static Operand<TFloat32> transforms(
      Floats f, Operand<TFloat32> drawn, Operand<TFloat32> right, Operand<TFloat32> bottom) {
    Ops tf = f.tf();
    Operand<TFloat32> none = tf.zerosLike(f.at(drawn, 1, 0));
    Operand<TFloat32> one = tf.onesLike(none);
    List<Operand<TFloat32>> rows = new ArrayList<>();
    List<Operand<TFloat32>> targets = new ArrayList<>();
    for (int corner = 0; corner < CORNERS; corner++) {
      Operand<TFloat32> x = f.at(drawn, 1, 1 + 2 * corner);
      Operand<TFloat32> y = f.at(drawn, 1, 2 + 2 * corner);
      for (int axis = 0; axis < 2; axis++) {
        Operand<TFloat32> start = f.add(none, start(f, corner, axis, right, bottom));
        targets.add(start);
        Operand<TFloat32> sideways = tf.math.neg(f.mul(start, x));
        Operand<TFloat32> down = tf.math.neg(f.mul(start, y));
        rows.add(
            tf.stack(
                axis == 0
                    ? List.of(x, y, one, none, none, none, sideways, down)
                    : List.of(none, none, none, x, y, one, sideways, down),
                Stack.axis(1L)));
      }
    }
    Operand<TFloat32> solved =
        tf.linalg.solve(
            tf.stack(rows, Stack.axis(1L)), f.expand(tf.stack(targets, Stack.axis(1L)), 2));
    return tf.reshape(solved, f.ints(-1, 8));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("factor", factor.keras());
    config.put("scale", scale);
    config.put("interpolation", interpolation);
    config.put("fill_value", fillValue);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }
}
