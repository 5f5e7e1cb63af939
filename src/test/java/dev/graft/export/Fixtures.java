package dev.graft.export;

import dev.graft.config.Config;
import dev.graft.data.Preprocessing;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Small networks and pictures to export. */
final class Fixtures {
  static final Settings SETTINGS = new Settings(2, "cpu", Settings.Precision.FLOAT32);
  static final Preprocessing CAFFE =
      Preprocessing.read(
          Config.of(Map.of("preprocess", "vgg16", "size", List.of(12, 10)), "image"),
          Preprocessing.none());

  private Fixtures() {}

  /** Convolution, batch normalisation, pooling, dropout and a last layer of {@code units}. */
  static Model pictures(int units, String activation) {
    return sequential(
        Spec.floats(-1, 12, 10, 3),
        Map.of("Conv2D", Map.of("filters", 4, "kernel_size", 3, "padding", "same")),
        Map.of("BatchNormalization", Map.of()),
        Map.of("Activation", Map.of("activation", "relu")),
        Map.of("GlobalAveragePooling2D", Map.of()),
        Map.of("Dropout", Map.of("rate", 0.5)),
        Map.of("Dense", Map.of("units", units, "activation", activation)));
  }

  @SafeVarargs
  static Model sequential(Spec input, Map<String, Object>... layers) {
    List<Surgery.Named> list = new ArrayList<>();
    for (Map<String, Object> layer : layers) {
      Config.Named named = Config.of(layer, "layer").named();
      list.add(Surgery.Named.of(Layers.standard().read(named.className(), named.config())));
    }
    return Surgery.sequential("tiny", new InputLayer(input), list);
  }

  /** {@code model} with values for every weight, the moving statistics included. */
  static Network network(Model model) {
    Network network = Network.forTraining(model, SETTINGS, 7);
    for (Model.Variable v : model.variables()) {
      float[] values = floats(v.name().hashCode(), (int) v.slot().size());
      if (v.name().endsWith("variance")) {
        for (int i = 0; i < values.length; i++) {
          values[i] = 0.5f + Math.abs(values[i]);
        }
      }
      network.assign(v.name(), values);
    }
    return network;
  }

  /** Numbers from -1 to 1. */
  static float[] floats(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /** A picture of noise in large squares, in {@code format} ("png" or "jpg"). */
  static byte[] picture(int seed, int width, int height, String format) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] colors = random.ints(16).toArray();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colors[y * 4 / height * 4 + x * 4 / width]);
      }
    }
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, format, out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Mixed JPEG and PNG files of several sizes. */
  static List<byte[]> pictures(int count) {
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(picture(i, 20 + i % 7, 31 - i % 5, i % 2 == 0 ? "jpg" : "png"));
    }
    return files;
  }
}
