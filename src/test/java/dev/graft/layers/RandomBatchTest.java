package dev.graft.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The random layers that mix the pictures of a batch, or draw for a whole batch: given what was
 * drawn they make Keras's pictures, and what they draw is distributed as Keras's. The goldens are
 * those of tools/goldens/random_layers.py.
 */
class RandomBatchTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens");

  @TestFactory
  List<DynamicTest> changesBatchesAsKerasDoes() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Config golden :
        Config.read(GOLDENS.resolve("random-layers/cases.json")).get("batches").items()) {
      String name = golden.string("expected") + " " + golden.string("layer");
      tests.add(DynamicTest.dynamicTest(name, () -> compare(golden)));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(28);
    return tests;
  }

  private static RandomPicture layer(String name, Object settings) {
    Config config = Config.parse(Json.compact(settings), name);
    Layer layer = Layers.standard().read(name, config);
    config.done();
    return (RandomPicture) layer;
  }

  private static void compare(Config golden) throws IOException {
    NpyArray expected = array(golden.string("expected"));
    long[] shape = expected.shape();
    float[] pictures = pictures(golden.integer("larger"));
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Spec in = Spec.floats(-1, shape[1], shape[2], 3);
      Operand<TFloat32> x =
          tf.placeholderWithDefault(
              tf.reshape(tf.constant(pictures), tf.constant(shape)), in.shape());
      float[] came = run(graph, changed(golden, new Floats(tf), x, in));
      float[] theirs = expected.floats();
      assertThat(came).hasSameSizeAs(theirs);
      double worst = 0;
      for (int i = 0; i < came.length; i++) {
        worst = Math.max(worst, Math.abs((double) came[i] - theirs[i]));
      }
      assertThat(worst).isLessThan(0.02);
    }
  }

  private static NpyArray array(String name) throws IOException {
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("random-layers/expected.npz"))) {
      return npz.array(name);
    }
  }

  private static Operand<TFloat32> changed(Config golden, Floats f, Operand<TFloat32> x, Spec in)
      throws IOException {
    RandomPicture layer = layer(golden.string("layer"), golden.get("settings").plain());
    if (layer instanceof RandAugment rand) {
      List<Operand<TFloat32>> chosen = new ArrayList<>();
      for (double number : golden.get("chosen").numbers()) {
        chosen.add(f.constant(number));
      }
      List<Operand<TFloat32>> drawn =
          rand.changes().layers().stream().map(l -> drawn(f, golden.get("drawn"), l)).toList();
      return rand.changed(f, x, in, chosen, drawn);
    }
    if (layer instanceof AugMix mix) {
      return mixed(golden, mix, f, x, in);
    }
    Operand<TFloat32> drawn = table(f, golden.get("drawn"));
    if (layer instanceof RandomElasticTransform elastic) {
      NpyArray noise = array(golden.string("expected") + "noise");
      return elastic.change(
          f,
          x,
          in,
          drawn,
          f.tf().reshape(f.tf().constant(noise.floats()), f.tf().constant(noise.shape())));
    }
    return layer.change(f, x, in, drawn);
  }

  private static Operand<TFloat32> mixed(
      Config golden, AugMix mix, Floats f, Operand<TFloat32> x, Spec in) {
    PictureChanges changes = mix.changes();
    List<Operand<TFloat32>> ends = new ArrayList<>();
    for (Config chain : golden.get("chains").items()) {
      Operand<TFloat32> y = x;
      for (Config link : chain.items()) {
        int index = names(changes).indexOf(link.string());
        Config all = golden.get("drawn");
        y =
            changes.chosen(
                f, y, in, f.constant(index), i -> drawn(f, all, changes.layers().get(i)));
      }
      ends.add(y);
    }
    float[] shares = new float[ends.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) golden.get("shares").numbers()[i];
    }
    return mix.mixed(f, x, f.constant(golden.number("kept")), f.tf().constant(shares), ends);
  }

  private static List<String> names(PictureChanges changes) {
    return changes.layers().stream().map(RandomBatchTest::name).toList();
  }

  private static String name(RandomPicture layer) {
    return layer.className().equals("Spread") ? "AutoContrast" : layer.className();
  }

  private static Operand<TFloat32> drawn(Floats f, Config all, RandomPicture layer) {
    return table(f, all.get(name(layer)));
  }

  private static Operand<TFloat32> table(Floats f, Config rows) {
    List<Config> items = rows.items();
    int columns = items.get(0).numbers().length;
    float[] values = new float[items.size() * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) items.get(i / columns).numbers()[i % columns];
    }
    return f.tf().reshape(f.tf().constant(values), f.ints(items.size(), columns));
  }

  private static float[] run(Graph graph, Operand<TFloat32> y) {
    try (Session session = Settings.standard().open(graph, Settings.Kind.TRAINING);
        Result result = session.runner().fetch(y).run()) {
      try (Tensor tensor = result.get(0)) {
        return Tensors.read(tensor);
      }
    }
  }

  /** The picture, and its negative upside down; every pixel as a square of {@code larger}. */
  private static float[] pictures(int larger) throws IOException {
    BufferedImage image = ImageIO.read(GOLDENS.resolve("images/files/tiny.png").toFile());
    int rows = image.getHeight() * larger;
    int columns = image.getWidth() * larger;
    float[] values = new float[2 * rows * columns * 3];
    for (int i = 0; i < values.length; i++) {
      int channel = i % 3;
      int column = i / 3 % columns / larger;
      int row = i / 3 / columns % rows / larger;
      boolean first = i < values.length / 2;
      int rgb = image.getRGB(column, first ? row : image.getHeight() - 1 - row);
      int value = (rgb >> (16 - 8 * channel)) & 255;
      values[i] = first ? value : 255 - value;
    }
    return values;
  }

  /** What {@code layer} draws for 2,000 pictures of 10 × 20 pixels: (batch, numbers) in rows. */
  private static float[] draws(RandomPicture layer) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      return run(graph, layer.draw(chance(tf, 2000, 1)));
    }
  }

  private static Chance chance(Ops tf, long batch, long seed) {
    Extent[] sizes = {Extent.of(tf, batch), Extent.of(tf, 10), Extent.of(tf, 20), Extent.of(tf, 3)};
    GraphCall.State state = new GraphCall.State(Map.of(), new HashMap<>(), new ArrayList<>(), seed);
    return new Chance(
        new GraphCall(tf, List.of(), List.of(), Map.of(), "", true, true, state), sizes, null, 0);
  }

  private static double[] column(float[] drawn, int count, int index) {
    double[] values = new double[drawn.length / count];
    for (int i = 0; i < values.length; i++) {
      values[i] = drawn[i * count + index];
    }
    return values;
  }

  private static double mean(double[] values) {
    return java.util.Arrays.stream(values).average().orElseThrow();
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    return java.util.Arrays.stream(values)
        .map(v -> (v - mean) * (v - mean))
        .average()
        .orElseThrow();
  }

  /** Beta(a, a) has the mean 1/2 and the variance 1 / (4 (2 a + 1)). */
  @Test
  void sharesAreBetaDistributed() {
    for (double alpha : new double[] {0.2, 1, 4}) {
      double[] shares = column(draws(layer("MixUp", Map.of("alpha", alpha))), 2, 0);
      assertThat(mean(shares)).isCloseTo(0.5, within(0.03));
      assertThat(variance(shares)).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.012));
    }
    // Next to 0 a share is all or nothing, never a number that is none.
    float[] cut = draws(layer("CutMix", Map.of("factor", List.of(0, 0))));
    for (float number : cut) {
      assertThat(number).isFinite();
    }
  }

  @Test
  void everyPictureIsAPartnerOnce() {
    for (RandomPicture layer : List.of(layer("MixUp", Map.of()), layer("CutMix", Map.of()))) {
      float[] drawn = draws(layer);
      int count = drawn.length / 2000;
      Set<Double> partners = new HashSet<>();
      int self = 0;
      double[] column = column(drawn, count, count - 1);
      for (int i = 0; i < column.length; i++) {
        partners.add(column[i]);
        self += column[i] == i ? 1 : 0;
      }
      assertThat(partners).hasSize(2000).contains(0.0, 1999.0);
      assertThat(self).isLessThan(10);
    }
  }

  /** The rectangle has the picture's form, lies in it, and leaves the share that was drawn. */
  @Test
  void rectanglesLieInThePicture() {
    float[] drawn = draws(layer("CutMix", Map.of("factor", List.of(1, 1))));
    double[] area = new double[2000];
    for (int i = 0; i < area.length; i++) {
      float wide = drawn[5 * i + 1] - drawn[5 * i];
      float high = drawn[5 * i + 3] - drawn[5 * i + 2];
      assertThat(wide / 20).isCloseTo(high / 10, within(1e-5f));
      assertThat(drawn[5 * i]).isBetween(0f, 20f);
      assertThat(drawn[5 * i + 1]).isBetween(0f, 20.001f);
      area[i] = wide * high / 200;
    }
    // Beta(1, 1) is the uniform distribution.
    assertThat(mean(area)).isCloseTo(0.5, within(0.03));
    assertThat(variance(area)).isCloseTo(1 / 12.0, within(0.01));
  }

  @Test
  void cornersMoveByHalfTheScale() {
    float[] drawn = draws(layer("RandomPerspective", Map.of("factor", 0.6, "scale", 0.4)));
    assertThat(mean(column(drawn, 9, 0))).isCloseTo(0.3, within(0.04));
    for (int corner = 0; corner < 4; corner++) {
      bounds(column(drawn, 9, 1 + 2 * corner), corner % 2 == 1 ? 19 : 0);
      bounds(column(drawn, 9, 2 + 2 * corner), corner >= 2 ? 9 : 0);
    }
  }

  private static void bounds(double[] values, double start) {
    assertThat(mean(values)).isCloseTo(start, within(0.01 * start + 1e-9));
    for (double value : values) {
      assertThat(value).isBetween(0.8 * start - 1e-4, 1.2 * start + 1e-4);
    }
  }

  @Test
  void strengthsLieWithinTheScale() {
    float[] drawn =
        draws(layer("RandomElasticTransform", Map.of("factor", 0.8, "scale", List.of(0.2, 0.6))));
    assertThat(mean(column(drawn, 2, 0))).isCloseTo(0.4, within(0.04));
    assertThat(mean(column(drawn, 2, 1))).isCloseTo(0.4, within(0.01));
  }

  /** Layers are drawn anew at every step, and at the same step again the same. */
  @Test
  void layersMadeOfLayersDrawAtEveryStep() throws IOException {
    float[] pictures = pictures(1);
    for (String name : List.of("RandAugment", "AugMix", "RandomElasticTransform")) {
      Set<String> seen = new HashSet<>();
      for (long seed = 1; seed <= 6; seed++) {
        String came = java.util.Arrays.toString(trained(name, pictures, seed));
        assertThat(came).as(name).doesNotContain("NaN").doesNotContain("Infinity");
        assertThat(came)
            .as(name)
            .isEqualTo(java.util.Arrays.toString(trained(name, pictures, seed)));
        seen.add(came);
      }
      assertThat(seen).as(name).hasSizeGreaterThanOrEqualTo(5);
    }
  }

  private static float[] trained(String name, float[] pictures, long seed) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Spec in = Spec.floats(-1, 22, 31, 3);
      Operand<TFloat32> x =
          tf.placeholderWithDefault(
              tf.reshape(tf.constant(pictures), tf.constant(new long[] {2, 22, 31, 3})),
              in.shape());
      Extent[] sizes = Extent.all(tf, x, in);
      Chance drawn = chance(tf, 2, seed);
      Chance chance = new Chance(drawn.call(), sizes, null, 0);
      return run(graph, layer(name, Map.of()).trained(chance, x, in));
    }
  }

  /** Layers before them may be trained: every number of a mixed picture is made of shares of 1. */
  @Test
  void gradientsGoThroughMixedPictures() throws IOException {
    float[] pictures = pictures(1);
    for (String name : List.of("MixUp", "CutMix", "RandomElasticTransform")) {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        Operand<TFloat32> x =
            tf.placeholderWithDefault(
                tf.reshape(tf.constant(pictures), tf.constant(new long[] {2, 22, 31, 3})),
                Spec.floats(-1, 22, 31, 3).shape());
        Spec in = Spec.floats(-1, 22, 31, 3);
        Chance chance = new Chance(chance(tf, 2, 5).call(), Extent.all(tf, x, in), null, 0);
        Operand<TFloat32> y = layer(name, Map.of()).trained(chance, x, in);
        Operand<TFloat32> sum = new Floats(tf).sum(y, false, 0, 1, 2, 3);
        Operand<TFloat32> gradient = tf.gradients(sum, List.of(x)).<TFloat32>dy(0);
        double total = 0;
        for (float part : run(graph, gradient)) {
          total += part;
        }
        assertThat(total).as(name).isCloseTo(pictures.length, within(1.0));
      }
    }
  }
}
