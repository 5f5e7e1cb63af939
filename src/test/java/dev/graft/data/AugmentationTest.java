package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.fetch.Places;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.files.NpzFile;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Tensor;

class AugmentationTest {
  private static final Map<String, Object> ALL =
      Map.of(
          "rotation_range",
          30,
          "zoom_range",
          0.3,
          "width_shift_range",
          0.3,
          "height_shift_range",
          List.of(1, 2),
          "horizontal_flip",
          true,
          "brightness_range",
          List.of(0.5, 1.5),
          "channel_shift_range",
          20);

  private static Augmentation read(Map<String, ?> augment) {
    Config config = Config.of(augment, "recipe.json: data.augment");
    Augmentation read = Augmentation.read(config);
    config.done();
    return read;
  }

  /** Twelve grey pictures of 8 x 8. */
  private static Dataset pictures() {
    byte[] values = new byte[12 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (i * 37);
    }
    int[] labels = IntStream.range(0, 12).map(i -> i % 3).toArray();
    return Dataset.of(
        "grey",
        new Column.Bytes(values, new int[] {8, 8, 1}),
        new Target.Classes(labels, 3),
        List.of("a", "b", "c"));
  }

  private static Examples examples(Map<String, ?> augment, int threads, Labels labels) {
    Preprocessing how = Preprocessing.none().colored(Preprocessing.Color.GRAYSCALE);
    Settings settings = new Settings(threads, "cpu", Settings.Precision.FLOAT32);
    return pictures().prepare(new Preparation(how, labels, read(augment)), settings);
  }

  private static float[] pixels(Examples examples, long draw, int... rows) {
    try (Batch batch = examples.batch(rows, draw)) {
      return Tensors.read(batch.inputs().get(0));
    }
  }

  @Test
  void aPictureIsAFunctionOfDrawAndRowAlone() {
    try (Examples one = examples(ALL, 1, Labels.SPARSE);
        Examples four = examples(ALL, 4, Labels.SPARSE)) {
      assertThat(one.augmented()).isTrue();
      float[] together = pixels(four, 5, 0, 3, 7, 11);
      float[] alone = pixels(one, 5, 7);
      assertThat(Arrays.copyOfRange(together, 128, 192)).isEqualTo(alone);
      assertThat(pixels(one, 6, 7)).isNotEqualTo(alone);
      assertThat(pixels(one, 5, 7)).isEqualTo(alone);
      float[] plain = pixels(one, -1, 7);
      for (int i = 0; i < 64; i++) {
        assertThat(plain[i]).isEqualTo((7 * 64 + i) * 37 & 0xff);
      }
    }
  }

  @Test
  void drawsAsImageDataGenerator() {
    Augmentation all = read(ALL);
    boolean flipped = false;
    boolean unflipped = false;
    double low = 9;
    double high = 0;
    for (int row = 0; row < 400; row++) {
      Transform t = all.draw(3, row, 100, 200);
      assertThat(t.theta()).isBetween(-30.0, 30.0);
      assertThat(t.zx()).isBetween(0.7, 1.3).isNotEqualTo(t.zy());
      assertThat(t.ty()).isBetween(-60.0, 60.0);
      assertThat(Math.abs(t.tx())).isIn(1.0, 2.0);
      assertThat(t.brightness()).isBetween(0.5, 1.5);
      assertThat(t.shear()).isZero();
      assertThat(t.flipVertical()).isFalse();
      flipped |= t.flipHorizontal();
      unflipped |= !t.flipHorizontal();
      low = Math.min(low, t.zx());
      high = Math.max(high, t.zx());
    }
    assertThat(flipped && unflipped).isTrue();
    assertThat(low).isLessThan(0.71);
    assertThat(high).isGreaterThan(1.29);
    // A whole number of pixels draws any number below it, as NumPy's choice does.
    Augmentation whole = read(Map.of("width_shift_range", 3));
    assertThat(
            IntStream.range(0, 200).mapToDouble(r -> Math.abs(whole.draw(1, r, 9, 9).ty())).max())
        .hasValue(2);
  }

  @Test
  void neighboursAreNotDrawnAlike() {
    Augmentation all = read(Map.of("rotation_range", 1.0, "shear_range", 1.0));
    for (int row = 0; row < 50; row++) {
      Transform here = all.draw(0, row, 1, 1);
      Transform next = all.draw(0, row + 1, 1, 1);
      assertThat(here.shear()).isNotEqualTo(next.theta());
    }
  }

  @Test
  void takesCenterAndDeviationTogether() {
    Map<String, ?> both = Map.of("samplewise_center", true, "samplewise_std_normalization", true);
    Config config = Config.of(both, "recipe.json: data.augment");
    Standardization read = Standardization.read(config, Standardization.NONE);
    config.done();
    assertThat(read.samplewiseCenter() && read.samplewiseStd()).isTrue();
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> read(Map.of("rotation_rage", 3)))
        .hasMessageEndingWith("'rotation_rage' is not known here. Did you mean 'rotation_range'?");
    assertThatThrownBy(() -> read(Map.of("fill_mode", "mirror")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("'mirror' is not known.");
    assertThatThrownBy(() -> read(Map.of("brightness_range", 0.3)))
        .hasMessageContaining("expected two numbers of at least 0");
    assertThatThrownBy(() -> read(Map.of("interpolation_order", 3)))
        .hasMessageContaining("expected 0 or 1, came 3.");
    assertThatThrownBy(() -> read(Map.of("mixup", Map.of(), "cutmix", Map.of())))
        .hasMessageContaining("takes 'mixup' or 'cutmix', not both.");
    assertThatThrownBy(() -> examples(Map.of("mixup", Map.of()), 1, Labels.SPARSE))
        .hasMessageContaining("mixup and cutmix need one input of pictures and one-hot labels.");
  }

  @Test
  void mixesPicturesAndLabels() {
    float[] share = new float[4];
    try (Examples mixed = examples(Map.of("mixup", Map.of("alpha", 0.5)), 1, Labels.CATEGORICAL);
        Mixer mixer = new Mixer(new Augmentation.Mix(0.5, null), Settings.standard())) {
      int[] rows = {2, 4, 6, 8};
      Mixer.Draw draw = mixer.draw(7, rows, 8, 8);
      assertThat(draw.others()).containsExactlyInAnyOrder(0, 1, 2, 3);
      float[] plain = pixels(mixed, -1, rows);
      float[] blend = pixels(mixed, 7, rows);
      for (int i = 0; i < plain.length; i++) {
        int k = i / 64;
        share[k] = draw.shares()[k];
        float expected =
            share[k] * plain[i] + (1 - share[k]) * plain[draw.others()[k] * 64 + i % 64];
        assertThat(blend[i]).isEqualTo(expected);
      }
      try (Batch batch = mixed.batch(rows, 7)) {
        float[] labels = Tensors.read(batch.targets().get(0));
        for (int k = 0; k < 4; k++) {
          int own = rows[k] % 3;
          int other = rows[draw.others()[k]] % 3;
          float expected = own == other ? 1 : share[k];
          assertThat(labels[3 * k + own]).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void cutsPicturesIntoEachOther() {
    Map<String, Object> cutmix = Map.of("cutmix", Map.of("factor", 1.0));
    try (Examples mixed = examples(cutmix, 1, Labels.CATEGORICAL);
        Mixer mixer =
            new Mixer(new Augmentation.Mix(0, new double[] {0, 1}), Settings.standard())) {
      int[] rows = {1, 3, 5};
      Mixer.Draw draw = mixer.draw(9, rows, 8, 8);
      float[] plain = pixels(mixed, -1, rows);
      float[] cut = pixels(mixed, 9, rows);
      for (int i = 0; i < plain.length; i++) {
        int k = i / 64;
        int y = i % 64 / 8;
        int x = i % 8;
        float[] b = Arrays.copyOfRange(draw.boxes(), 4 * k, 4 * k + 4);
        boolean inside = x >= b[0] && x < b[1] && y >= b[2] && y < b[3];
        assertThat(cut[i]).isEqualTo(inside ? plain[draw.others()[k] * 64 + i % 64] : plain[i]);
        float area = (b[1] - b[0]) * (b[3] - b[2]) / 64;
        assertThat(draw.shares()[k]).isEqualTo(1 - area, offset(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"samplewise", "featurewise", "zca"})
  void standardizesAsKeras(String kind, @TempDir Path folder) {
    NpyArray x;
    NpyArray expected;
    try (NpzFile npz = NpzFile.open(ImagesTest.GOLDENS.resolve("expected.npz"))) {
      x = npz.array("standardize_x");
      expected = npz.array("standardize_" + kind);
    }
    NpyWriter.save(folder.resolve("x.npy"), x);
    Map<String, Object> augment =
        switch (kind) {
          case "samplewise" ->
              Map.of("samplewise_center", true, "samplewise_std_normalization", true);
          case "featurewise" ->
              Map.of("featurewise_center", true, "featurewise_std_normalization", true);
          default -> Map.of("zca_whitening", true, "zca_epsilon", 1e-3);
        };
    Map<String, Object> all = new HashMap<>(augment);
    all.put("rescale", "1/255");
    Map<String, Object> data = Map.of("train", Map.of("npy", List.of("x.npy")), "augment", all);
    Context context =
        Context.training(folder, new Places(List.of(), List.of(), folder), Progress.NONE);
    try (Data opened =
        Data.open(
            Config.of(data, "r"), context, new Preparation(null, null), Settings.standard())) {
      int[] rows = IntStream.range(0, opened.train().size()).toArray();
      // NumPy sums and decomposes in float32, Graft in float64.
      float tolerance =
          switch (kind) {
            case "samplewise" -> 1e-5f;
            case "featurewise" -> 5e-5f;
            default -> 2e-3f;
          };
      near(opened.train(), rows, expected, tolerance);
      // What the card keeps is enough to prepare the same again.
      Preprocessing kept =
          Preprocessing.read(
              Config.parse(Json.compact(opened.how().image().config()), "card"),
              Preprocessing.none());
      Dataset again = Source.read(Config.of(Map.of("npy", List.of("x.npy")), "r"), context);
      try (Examples reread = again.prepare(new Preparation(kept, null), Settings.standard())) {
        assertThat(pixels(reread, -1, 0, 5)).isEqualTo(pixels(opened.train(), -1, 0, 5));
      }
    }
  }

  private static void near(Examples examples, int[] rows, NpyArray expected, float tolerance) {
    try (Batch batch = examples.batch(rows, -1)) {
      Tensor came = batch.inputs().get(0);
      float[] ours = Tensors.read(came);
      float[] theirs = expected.floats();
      float worst = 0;
      for (int i = 0; i < ours.length; i++) {
        worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
      }
      assertThat(worst).isLessThan(tolerance);
    }
  }
}
