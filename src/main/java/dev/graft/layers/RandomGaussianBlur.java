package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's RandomGaussianBlur: in training some pictures of a batch are blurred, all by one window.
 * Source: keras/src/layers/preprocessing/image_preprocessing/random_gaussian_blur.py, Keras 3.15.
 *
 * @param factor bounds of the chance that a picture is changed
 * @param size of the window, rows and columns, both odd
 * @param sigma bounds of the window's widths, which are drawn for rows and columns
 * @param range the values of pixels
 */
public record RandomGaussianBlur(
    Chance.Bounds factor,
    List<Integer> size,
    Chance.Bounds sigma,
    List<Double> range,
    boolean channelsFirst,
    Integer seed)
    implements RandomPicture {
  static RandomGaussianBlur read(Config c) {
    c.ignore("bounding_box_format");
    List<Integer> size = Numbers.sizes(c, "kernel_size", 2, 3);
    if (size.stream().anyMatch(n -> n % 2 == 0)) {
      throw c.get("kernel_size").wrong("odd numbers");
    }
    return new RandomGaussianBlur(
        Chance.Bounds.fromZero(c, "factor", 1),
        size,
        Chance.Bounds.fromZero(c, "sigma", 1),
        Chance.range(c),
        ChannelOrder.first(c),
        Numbers.seed(c));
  }

  /** 1 or 0 for whether, and the two widths, of which the first picture's hold for all. */
  @Override
  public Operand<TFloat32> draw(Chance chance) {
    Floats f = chance.f();
    return chance.table(
        List.of(
            chance.whether(factor, 0),
            f.add(chance.between(sigma, 2), 1e-6),
            f.add(chance.between(sigma, 3), 1e-6)));
  }

  @Override
  public Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    int channels = Math.toIntExact(in.known(3, className()));
    Operand<TFloat32> first = f.at(drawn, 0, 0);
    // Keras puts the second side's window before the first's and reads the product anew.
    Operand<TFloat32> product =
        f.mul(
            f.expand(bell(f, size.get(1), f.at(first, 0, 2)), 1),
            f.expand(bell(f, size.get(0), f.at(first, 0, 1)), 0));
    Operand<TFloat32> kernel =
        f.tf()
            .tile(
                f.tf().reshape(product, f.ints(size.get(0), size.get(1), 1, 1)),
                f.ints(1, 1, channels, 1));
    Operand<TFloat32> blurred =
        f.tf().nn.depthwiseConv2dNative(x, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
    Operand<TFloat32> y =
        f.where(f.tf().math.greater(Chance.column(f, drawn, 0), f.constant(0.5)), blurred, x);
    return f.clip(y, range.get(0), range.get(1));
  }

  /** Shares along one side, together 1. */
  private static Operand<TFloat32> bell(Floats f, int count, Operand<TFloat32> width) {
    float[] places = new float[count];
    for (int i = 0; i < count; i++) {
      places[i] = i - (count - 1) / 2f;
    }
    Operand<TFloat32> scaled = f.square(f.div(f.tf().constant(places), width));
    Operand<TFloat32> bell = f.tf().math.exp(f.mul(scaled, -0.5));
    return f.div(bell, f.sum(bell, true, 0));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("factor", factor.keras());
    config.put("kernel_size", size);
    config.put("sigma", sigma.keras());
    config.put("value_range", range);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("seed", seed);
    return config;
  }
}
