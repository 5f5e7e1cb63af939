package dev.graft.export;

import dev.graft.data.Images;
import dev.graft.data.Preprocessing;
import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import dev.graft.files.ElementType;
import dev.graft.files.NpyArray;
import dev.graft.layers.DType;
import dev.graft.layers.Layer;
import dev.graft.layers.Lookup;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.runtime.NpyTensors;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
import org.tensorflow.types.family.TType;

/** Makes {@link Check}s: draws inputs and runs them through the network they are to check. */
final class SelfCheck {
  /** Stands for a dimension that the model leaves open. */
  private static final int OPEN = 8;

  /** Above this many numbers an example, one example is enough. */
  private static final long LARGE = 20_000;

  private final Network network;
  private final SplittableRandom random = new SplittableRandom(1);

  SelfCheck(Network network) {
    this.network = network;
  }

  /**
   * A check of the network; null when there is nothing that could be drawn for it. A large
   * classifier of pictures runs once: what a picture becomes is the input, too.
   *
   * @param classifier null for a model that is no classifier of pictures
   * @param given pictures to check with; when there are none, one or two are drawn
   */
  Check make(Classifier classifier, List<byte[]> given) {
    Path path = network.inference();
    boolean files = Classifier.decodes(network.model());
    if (files && classifier == null) {
      return null;
    }
    if (classifier != null && !files && given.isEmpty() && large()) {
      List<byte[]> pictures = List.of(picture(33, 50));
      Seen seen = see(path, classifier, pictures).get(0);
      return new Check(
          Map.of(Signatures.names(path.from()).get(0), seen.input),
          Map.of(Signatures.names(path.to()).get(0), seen.output),
          pictures,
          probabilities(classifier, List.of(seen)));
    }
    Map<String, NpyArray> inputs =
        files ? Map.of() : draw(Signatures.names(path.from()), path.from());
    Map<String, NpyArray> outputs = files ? Map.of() : run(network, inputs);
    if (classifier == null) {
      return new Check(inputs, outputs, List.of(), null);
    }
    List<byte[]> pictures = given.isEmpty() ? pictures(files) : given;
    List<Seen> seen = see(path, classifier, pictures);
    return new Check(inputs, outputs, pictures, probabilities(classifier, seen));
  }

  /** True when running the network is likely to take a while. */
  private boolean large() {
    Map<Ref, Spec> specs = network.model().specs();
    return network.model().inputs().stream().anyMatch(ref -> elements(specs.get(ref), 1) > LARGE);
  }

  /** A high one, and a wide one where the network is soon done: not one that decodes files. */
  private List<byte[]> pictures(boolean files) {
    return files ? List.of(picture(33, 50)) : List.of(picture(40, 30), picture(33, 50));
  }

  private Map<String, NpyArray> draw(List<String> names, List<Ref> inputs) {
    Map<Ref, Spec> specs = network.model().specs();
    int rows = large() ? 1 : 2;
    Map<String, NpyArray> drawn = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Ref input = inputs.get(i);
      Spec spec = specs.get(input);
      List<String> known = known(network.model(), input);
      drawn.put(
          names.get(i),
          spec.dtype() == DType.STRING || (!known.isEmpty() && !spec.dtype().floating())
              ? draw(spec, rows, known)
              : draw(spec, rows));
    }
    return drawn;
  }

  private static long elements(Spec spec, int rows) {
    return new Spec(Shape.of(shape(spec, rows)), spec.dtype()).shape().size();
  }

  private static long[] shape(Spec spec, int rows) {
    long[] shape = spec.shape().asArray();
    shape[0] = rows;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = shape[i] < 0 ? OPEN : shape[i];
    }
    return shape;
  }

  /** What a lookup that {@code input} goes into knows; nothing when it goes into none. */
  private static List<String> known(Model model, Ref input) {
    for (Use use : model.uses()) {
      for (int i = 0; i < use.inputs().size(); i++) {
        if (use.inputs().get(i).equals(input)) {
          Layer layer = model.layer(use.layer()).layer();
          List<String> known =
              layer instanceof Lookup lookup
                  ? lookup.known()
                  : layer instanceof Nested nested && nested.model().inputs().size() > i
                      ? known(nested.model(), nested.model().inputs().get(i))
                      : List.of();
          if (!known.isEmpty()) {
            return known;
          }
        }
      }
    }
    return List.of();
  }

  /** Words that lookups know: some of them have no place for others. */
  private NpyArray draw(Spec spec, int rows, List<String> known) {
    long[] shape = shape(spec, rows);
    int count = Math.toIntExact(Shape.of(shape).size());
    List<String> words = known.isEmpty() ? List.of("some", "words", "or", "other") : known;
    String[] drawn = new String[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = words.get(random.nextInt(words.size()));
    }
    return spec.dtype() == DType.STRING
        ? NpyArray.of(shape, drawn)
        : NpyArray.of(shape, java.util.Arrays.stream(drawn).mapToLong(Long::parseLong).toArray());
  }

  /** Few different values, so that they take little room in a file; whole numbers are 0 and 1. */
  private NpyArray draw(Spec spec, int rows) {
    long[] shape = shape(spec, rows);
    int count = Math.toIntExact(Shape.of(shape).size());
    if (spec.dtype().floating()) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = random.nextInt(-8, 9) / 8f;
      }
      return NpyArray.of(shape, values);
    }
    int[] bits = random.ints(count, 0, 2).toArray();
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) bits[i];
    }
    return switch (spec.dtype()) {
      case INT32 -> NpyArray.of(shape, bits);
      case INT64 -> NpyArray.of(shape, java.util.Arrays.stream(bits).asLongStream().toArray());
      case UINT8 -> NpyArray.of(shape, ElementType.UINT8, bytes);
      case BOOL -> NpyArray.of(shape, ElementType.BOOL, bytes);
      case STRING, INT8, INT16, FLOAT16, BFLOAT16, FLOAT32, FLOAT64 ->
          throw new UnsupportedException(
              "no input of type " + spec.dtype().keras() + " can be drawn for a check.");
    };
  }

  /** What {@code network} makes of {@code inputs}, by Keras's names of its outputs. */
  static Map<String, NpyArray> run(Network network, Map<String, NpyArray> inputs) {
    Path path = network.inference();
    List<Tensor> tensors = new ArrayList<>();
    try {
      List<String> inputNames = Signatures.names(path.from());
      for (int i = 0; i < inputNames.size(); i++) {
        NpyArray input = inputs.get(inputNames.get(i));
        if (input == null) {
          throw new MalformedFileException(
              "the check kept in the file has no input '" + inputNames.get(i) + "'.");
        }
        tensors.add(NpyTensors.of(input, path.feeds().get(i).asOutput().dataType()));
      }
      Map<String, NpyArray> outputs = new LinkedHashMap<>();
      List<String> names = Signatures.names(path.to());
      try (Result result = network.run(path, tensors)) {
        for (int k = 0; k < names.size(); k++) {
          outputs.put(names.get(k), NpyTensors.read(result.get(k)));
        }
      }
      return outputs;
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  /** What a picture became (null for its bytes), what the network made of it, and what it means. */
  private record Seen(NpyArray input, NpyArray output, float[] probabilities) {}

  /** Runs pictures, one by one, outside of the graph that is to be checked. */
  private List<Seen> see(Path path, Classifier classifier, List<byte[]> pictures) {
    List<Seen> all = new ArrayList<>();
    try (Graph graph = new Graph();
        Session session = Settings.standard().open(graph, Settings.Kind.TRAINING)) {
      Ops tf = Ops.create(graph);
      Operand<TString> bytes = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      boolean raw = classifier.image().decode() == Preprocessing.Decode.NONE;
      Operand<? extends TType> one = raw ? bytes : Images.prepare(tf, bytes, classifier.image());
      Operand<? extends TType> x = tf.expandDims(one, tf.constant(0));
      Operand<TFloat32> output =
          tf.placeholder(TFloat32.class, Placeholder.shape(path.output(0).shape()));
      Operand<TFloat32> probabilities = tf.identity(classifier.probabilities(tf, output));
      for (byte[] picture : pictures) {
        try (Tensor file = Tensors.string(picture);
            Result prepared = session.runner().feed(bytes, file).fetch(x).run();
            Result given = network.run(path, List.of(prepared.get(0)));
            Result row = session.runner().feed(output, given.get(0)).fetch(probabilities).run()) {
          all.add(
              new Seen(
                  raw ? null : NpyTensors.read(prepared.get(0)),
                  NpyTensors.read(given.get(0)),
                  Tensors.read(row.get(0))));
        }
      }
    }
    return all;
  }

  /** One row a picture. */
  private static NpyArray probabilities(Classifier classifier, List<Seen> seen) {
    int classes = classifier.classes().size();
    float[] all = new float[seen.size() * classes];
    for (int i = 0; i < seen.size(); i++) {
      System.arraycopy(seen.get(i).probabilities, 0, all, i * classes, classes);
    }
    return NpyArray.of(new long[] {seen.size(), classes}, all);
  }

  /** Coloured squares as PNG. */
  private byte[] picture(int width, int height) {
    int[] colors = random.ints(25).toArray();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colors[y * 5 / height * 5 + x * 5 / width]);
      }
    }
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
