package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Resizing: pictures at {@code height} times {@code width} pixels, stretched, or with their
 * aspect ratio kept by cutting off or by filling up. Source: keras/src/backend/tensorflow/image.py,
 * {@code resize}, Keras 3.15.
 */
public record Resizing(
    int height,
    int width,
    Interpolation interpolation,
    boolean antialias,
    Fit fit,
    boolean channelsFirst)
    implements Unary {
  /**
   * What happens to the aspect ratio.
   *
   * @param way how
   * @param fill what the margins are filled with
   */
  public record Fit(Way way, double fill) {
    /** Ways to reach another aspect ratio. */
    public enum Way {
      STRETCH,
      CROP,
      PAD
    }

    static Fit of(boolean crop, boolean pad, String mode, double fill) {
      if (crop && pad) {
        throw new UnsupportedException("Resizing: choose to crop or to pad, not both.");
      }
      if (pad && !mode.equals("constant")) {
        throw new UnsupportedException("Resizing: Graft pads with a constant, not '" + mode + "'.");
      }
      return new Fit(crop ? Way.CROP : pad ? Way.PAD : Way.STRETCH, fill);
    }
  }

  static Resizing read(Config c) {
    return new Resizing(
        c.get("height").count(),
        c.get("width").count(),
        Interpolation.read(c, Interpolation.BILINEAR),
        c.flag("antialias", false),
        Fit.of(
            c.flag("crop_to_aspect_ratio", false),
            c.flag("pad_to_aspect_ratio", false),
            c.string("fill_mode", "constant"),
            c.number("fill_value", 0)),
        ChannelOrder.first(c));
  }

  @Override
  public Spec output(Spec input) {
    long[] sizes = input.shape().asArray();
    int first = sizes.length - (channelsFirst ? 2 : 3);
    if (sizes.length < 3 || sizes.length > 4) {
      Window.checkRank(input, 2);
    }
    sizes[first] = height;
    sizes[first + 1] = width;
    return input.with(sizes);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return resize(Floats.of(call), x, call.specs().get(0));
  }

  Operand<TFloat32> resize(Floats f, Operand<TFloat32> x, Spec in) {
    Ops tf = f.tf();
    boolean single = in.rank() == 3;
    Operand<TFloat32> y = single ? f.expand(x, 0) : x;
    Spec spec = single ? batch(in) : in;
    if (channelsFirst) {
      y = ChannelOrder.toLast(tf, y, 4);
      spec = ChannelOrder.toLast(spec);
    }
    y = fitted(f, y, spec);
    y = interpolation.resize(tf, y, f.ints(height, width), antialias);
    y = channelsFirst ? ChannelOrder.toFirst(tf, y, 4) : y;
    return single ? f.squeeze(y, 0) : y;
  }

  private static Spec batch(Spec in) {
    long[] own = in.shape().asArray();
    return in.with(1, own[0], own[1], own[2]);
  }

  /** The part of the picture, or the picture with margins, that has the wanted aspect ratio. */
  private Operand<TFloat32> fitted(Floats f, Operand<TFloat32> x, Spec in) {
    if (fit.way() == Fit.Way.STRETCH) {
      return x;
    }
    long rows = in.known(1, "Resizing that keeps the aspect ratio");
    long columns = in.known(2, "Resizing that keeps the aspect ratio");
    // As Keras computes it: float division, then cut to a whole number.
    long wantedRows = (long) ((float) (columns * height) / width);
    long wantedColumns = (long) ((float) (rows * width) / height);
    if (fit.way() == Fit.Way.CROP) {
      long keptRows = Math.min(rows, Math.max(1, wantedRows));
      long keptColumns = Math.min(columns, Math.max(1, wantedColumns));
      int top = (int) ((float) (rows - keptRows) / 2);
      int left = (int) ((float) (columns - keptColumns) / 2);
      Operand<TFloat32> y = f.slice(x, 1, top, Extent.of(f.tf(), top + keptRows), 1);
      return f.slice(y, 2, left, Extent.of(f.tf(), left + keptColumns), 1);
    }
    // Keras puts the same on both sides, though the sum may be one short.
    int top = (int) ((float) Math.max(0, wantedRows - rows) / 2);
    int left = (int) ((float) Math.max(0, wantedColumns - columns) / 2);
    int[][] margins = {{0, 0}, {top, top}, {left, left}, {0, 0}};
    return f.tf().pad(x, f.tf().constant(margins), f.constant(fit.fill()));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("height", height);
    config.put("width", width);
    config.put("interpolation", interpolation.keras());
    config.put("antialias", antialias);
    config.put("crop_to_aspect_ratio", fit.way() == Fit.Way.CROP);
    config.put("pad_to_aspect_ratio", fit.way() == Fit.Way.PAD);
    config.put("fill_mode", "constant");
    config.put("fill_value", fit.fill());
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    return config;
  }
}
