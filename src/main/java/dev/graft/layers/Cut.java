package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras's CenterCrop and RandomCrop: a part of each picture; where the picture is smaller than
 * that, it is resized. RandomCrop outside of training resizes the picture, cut to the aspect ratio,
 * as in tf_keras 2.18; Keras 3.15 leaves the picture whole there, though it declares the smaller
 * shape. Source: keras/src/layers/preprocessing/image_preprocessing, Keras 3.15.
 *
 * @param random whether the place is drawn, one for the whole batch
 */
public record Cut(boolean random, int height, int width, boolean channelsFirst, Integer seed)
    implements Unary {
  static Cut read(Config c, boolean random) {
    c.ignore("bounding_box_format");
    return new Cut(
        random,
        c.integer("height"),
        c.integer("width"),
        ChannelOrder.first(c),
        random ? Numbers.seed(c) : null);
  }

  @Override
  public String className() {
    return random ? "RandomCrop" : "CenterCrop";
  }

  private Resizing resizing() {
    Resizing.Fit fit = new Resizing.Fit(Resizing.Fit.Way.CROP, 0);
    return new Resizing(height, width, Interpolation.BILINEAR, false, fit, channelsFirst);
  }

  @Override
  public Spec output(Spec input) {
    return resizing().output(input);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Spec in = call.specs().get(0);
    Floats f = Floats.of(call);
    int rows = in.rank() - (channelsFirst ? 2 : 3);
    long high = in.known(rows, className()) - height;
    long wide = in.known(rows + 1, className()) - width;
    if (high < 0 || wide < 0 || (random && !call.training())) {
      return resizing().resize(f, x, in);
    }
    return random
        ? drawn(call, x, rows, high, wide)
        : part(f, part(f, x, rows, (int) high / 2, height), rows + 1, (int) wide / 2, width);
  }

  private static Operand<TFloat32> part(
      Floats f, Operand<TFloat32> x, int axis, int from, int size) {
    return f.slice(x, axis, from, Extent.of(f.tf(), from + size), 1);
  }

  private Operand<TFloat32> drawn(Call call, Operand<TFloat32> x, int rows, long high, long wide) {
    Floats f = Floats.of(call);
    int rank = call.specs().get(0).rank();
    Operand<TFloat32> shares =
        f.tf().random.statelessRandomUniform(f.ints(rank), call.seed(seed, 0));
    float[] room = new float[rank];
    int[] size = new int[rank];
    java.util.Arrays.fill(size, -1);
    room[rows] = high + 1;
    room[rows + 1] = wide + 1;
    size[rows] = height;
    size[rows + 1] = width;
    Operand<TInt32> begin =
        f.tf().dtypes.cast(f.tf().math.floor(f.mul(shares, f.tf().constant(room))), TInt32.class);
    return f.tf().slice(x, begin, f.ints(size));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("height", height);
    config.put("width", width);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    if (random) {
      config.put("seed", seed);
    }
    return config;
  }
}
