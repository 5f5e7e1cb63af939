package dev.graft.serve;

import dev.graft.config.Config;
import dev.graft.data.Images;
import dev.graft.data.Preprocessing;
import dev.graft.export.Classifier;
import dev.graft.export.SavedModelExport;
import dev.graft.export.Scores;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** A small classifier of pictures, as a run folder would hold it. */
final class Served {
  static final float[] ROWS = new float[2 * 360];
  private static final Settings SETTINGS = new Settings(1, "cpu", Settings.Precision.FLOAT32);
  private static final Preprocessing IMAGE =
      Preprocessing.read(
          Config.of(Map.of("size", List.of(12, 10), "rescale", "1/255"), "image"),
          Preprocessing.none());

  static {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < ROWS.length; i++) {
      ROWS[i] = (float) random.nextDouble();
    }
  }

  private Served() {}

  private static Network network() {
    List<Surgery.Named> layers = new ArrayList<>();
    for (Map<String, Object> layer :
        List.<Map<String, Object>>of(
            Map.of("Conv2D", Map.of("filters", 8, "kernel_size", 3, "strides", 2)),
            Map.of("Flatten", Map.of()),
            Map.of("Dense", Map.of("units", 3, "activation", "softmax")))) {
      Config.Named named = Config.of(layer, "layer").named();
      layers.add(Surgery.Named.of(Layers.standard().read(named.className(), named.config())));
    }
    Model model = Surgery.sequential("flowers", new InputLayer(Spec.floats(-1, 12, 10, 3)), layers);
    Network network = Network.forInference(model, SETTINGS);
    network.initialize(3);
    return network;
  }

  static void write(Path run) {
    try (Network network = network()) {
      SavedModelExport.of(network)
          .classifying(
              new Classifier(IMAGE, List.of("daisy", "rose", "töüip"), Scores.PROBABILITIES))
          .write(run.resolve("saved_model"), 1);
    }
  }

  private static float[] run(float[] rows) {
    try (Network network = network();
        Tensor x = Tensors.floats(rows, rows.length / 360, 12, 10, 3);
        Result y = network.run(network.inference(), List.of(x))) {
      return Tensors.read(y.get(0));
    }
  }

  /** What the network makes of {@link #ROWS}. */
  static float[] expected() {
    return run(ROWS);
  }

  /** What the network makes of a picture. */
  static float[] probabilities(byte[] picture) {
    try (Graph graph = new Graph();
        Session session = SETTINGS.open(graph, Settings.Kind.TRAINING)) {
      Ops tf = Ops.create(graph);
      Operand<TString> bytes = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      Operand<TFloat32> one = Images.prepare(tf, bytes, IMAGE);
      try (Tensor file = Tensors.string(picture);
          Result result = session.runner().feed(bytes, file).fetch(one).run()) {
        return run(Tensors.read(result.get(0)));
      }
    }
  }

  /** {@code count} rows of (12, 10, 3) as lists in lists. */
  static String json(float[] values, int count) {
    StringBuilder json = new StringBuilder();
    int next = 0;
    List<Object> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Object> image = new ArrayList<>();
      for (int y = 0; y < 12; y++) {
        List<Object> line = new ArrayList<>();
        for (int x = 0; x < 10; x++) {
          line.add(List.of(values[next++], values[next++], values[next++]));
        }
        image.add(line);
      }
      rows.add(image);
    }
    return json.append(dev.graft.config.Json.compact(rows)).toString();
  }

  static byte[] picture(int seed, String format) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(24, 20, BufferedImage.TYPE_INT_RGB);
    int[] colors = random.ints(16).toArray();
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 24; x++) {
        image.setRGB(x, y, colors[y / 5 * 4 + x / 6]);
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

  /** A PNG whose head promises 900 million pixels. */
  static byte[] bomb() {
    byte[] png = picture(1, "png");
    ByteBuffer.wrap(png).putInt(16, 30_000).putInt(20, 30_000);
    return png;
  }

  /** A PNG that breaks off. */
  static byte[] cut() {
    return Arrays.copyOf(picture(1, "png"), 60);
  }
}
