package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/npy");

  @TempDir Path folder;

  private static NpyArray load(Path path) {
    try (NpyFile file = NpyFile.open(path)) {
      return file.array();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyArrayReadsAsNumpyReadsIt() throws IOException {
    Config arrays = Config.read(GOLDENS.resolve("manifest.json")).get("arrays");
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : arrays.keys()) {
      tests.add(DynamicTest.dynamicTest(name, () -> readsAs(name, arrays.get(name))));
    }
    assertThat(tests).hasSizeGreaterThan(30);
    return tests.stream();
  }

  private void readsAs(String name, Config expected) throws Exception {
    Path path = GOLDENS.resolve(name + ".npy");
    NpyArray array = load(path);
    assertThat(array.type().label()).isEqualTo(expected.get("type").string());
    List<Long> shape = new ArrayList<>();
    expected.get("shape").items().forEach(length -> shape.add(length.whole()));
    assertThat(array.shape()).containsExactly(shape.stream().mapToLong(n -> n).toArray());
    ByteBuffer bytes = ByteBuffer.allocate(8 * array.size());
    bytes.asDoubleBuffer().put(array.doubles());
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    assertThat(HexFormat.of().formatHex(hash.digest(bytes.array())))
        .isEqualTo(expected.get("doubles").string());

    Path again = folder.resolve("again.npy");
    NpyWriter.save(again, array);
    assertThat(load(again)).isEqualTo(array);
    if (!name.contains("fortran") && !name.startsWith("version")) {
      assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(path));
    }
  }

  @Test
  void rowsAreAPartOfTheWhole() {
    try (NpyFile file = NpyFile.open(GOLDENS.resolve("be_i2.npy"))) {
      float[] all = file.array().floats();
      for (int from = 0; from <= 3; from++) {
        for (int to = from; to <= 3; to++) {
          FloatBuffer part = FloatBuffer.allocate(8 * (to - from));
          file.rows(from, to, (values, count) -> part.put(values, 0, count));
          assertThat(part.array()).containsExactly(Arrays.copyOfRange(all, 8 * from, 8 * to));
        }
      }
      assertThatThrownBy(() -> file.rows(2, 4, (values, count) -> {}))
          .hasMessageEndingWith("be_i2.npy has 3 rows, not 2 to 4");
    }
    try (NpyFile file = NpyFile.open(GOLDENS.resolve("le_f4_fortran.npy"))) {
      assertThat(file.fortranOrder()).isTrue();
      assertThatThrownBy(() -> file.rows(0, 1, (values, count) -> {}))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageEndingWith(
              "is in Fortran order, which is not read in rows. Save it with"
                  + " numpy.ascontiguousarray.");
    }
  }

  @Test
  void integersKeepAllTheirBits() throws IOException {
    Path path = folder.resolve("longs.npy");
    NpyWriter.save(path, NpyArray.of(new long[] {2}, Long.MAX_VALUE, Long.MIN_VALUE + 1));
    assertThat(load(path).longs()).containsExactly(Long.MAX_VALUE, Long.MIN_VALUE + 1);
    assertThatThrownBy(() -> NpyArray.of(new long[] {1}, 1f).longs())
        .hasMessage("an array of integers was expected, found float32.");
    assertThatThrownBy(() -> NpyArray.of(new long[] {2}, 1f))
        .hasMessage("4 bytes are no float32 of [2]");
  }

  @Test
  void rowsAreWrittenAsTheyCome() throws IOException {
    Path path = folder.resolve("features.npy");
    try (NpyWriter writer = NpyWriter.create(path, 2, 3)) {
      writer.write(new float[] {1, 2, 3, 4, 5, 6, 99}, 6);
      writer.write(new float[] {7, 8, 9, 10}, 4);
      writer.write(new float[] {11, 12}, 2);
    }
    NpyArray array = load(path);
    assertThat(array.shape()).containsExactly(2, 2, 3);
    assertThat(array.floats()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThatThrownBy(
            () -> {
              try (NpyWriter writer = NpyWriter.create(path, 3)) {
                writer.write(new float[] {1}, 1);
              }
            })
        .hasMessage("1 values do not make rows of 3");
  }

  /** Small pieces are gathered, larger ones than that go their own way; all stay in order. */
  @Test
  void piecesOfAnySizeFollowEachOther() throws IOException {
    int[] sizes = {10_000, 3, 16_383, 16_384, 16_385, 1, 70_000, 5};
    int total = java.util.Arrays.stream(sizes).sum();
    float[] all = new float[total];
    for (int i = 0; i < total; i++) {
      all[i] = i;
    }
    Path path = folder.resolve("many.npy");
    try (NpyWriter writer = NpyWriter.create(path, 1)) {
      int from = 0;
      for (int size : sizes) {
        writer.write(java.util.Arrays.copyOfRange(all, from, from + size), size);
        from += size;
      }
    }
    assertThat(load(path).floats()).isEqualTo(all);
  }

  @Test
  void npzByName() {
    try (NpzFile file = NpzFile.open(GOLDENS.resolve("stored.npz"))) {
      assertThat(file.names()).containsExactly("x", "y");
      assertThat(file.array("x").floats()).containsExactly(0, 1, 2, 3);
      assertThat(file.array("y").shape()).containsExactly(2, 1);
      assertThatThrownBy(() -> file.array("z"))
          .hasMessageEndingWith(
              "stored.npz: expected 'z.npy' in the archive, found [x.npy, y.npy].");
    }
    try (NpzFile file = NpzFile.open(GOLDENS.resolve("deflated.npz"))) {
      assertThat(file.array("x").size()).isEqualTo(1000);
      assertThat(file.array("y").longs()).containsExactly(7);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text_fortran", "text_bytes"})
  void textsOfOneLengthAreRead(String name) {
    try (NpyFile file = NpyFile.open(GOLDENS.resolve(name + ".npy"))) {
      NpyArray array = file.array();
      assertThat(array.shape()).containsExactly(2, 3);
      assertThat(array.texts())
          .extracting(text -> new String(text, StandardCharsets.UTF_8))
          .containsExactly("köln", "", "🙂 東京", "a b", "x", "naïve");
      assertThatThrownBy(array::floats).hasMessageContaining("numbers was expected, found texts");
      assertThatThrownBy(() -> file.rows(0, 1, (values, count) -> {}))
          .hasMessageContaining("holds texts");
    }
  }

  @Test
  void objectsAreNeverUnpickled() {
    assertThatThrownBy(() -> NpyFile.open(GOLDENS.resolve("objects.npy")))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageEndingWith(
            "objects.npy: holds Python objects, which only running code could read. Save numbers"
                + " instead (array.astype('float32')), or texts of one length"
                + " (array.astype('U')).");
    for (String name : List.of("record", "complex")) {
      assertThatThrownBy(() -> NpyFile.open(GOLDENS.resolve(name + ".npy")))
          .as(name)
          .isInstanceOfAny(UnsupportedException.class, MalformedFileException.class)
          .hasMessageContaining(name + ".npy: ");
    }
  }

  @Test
  void damageIsNamed() throws IOException {
    byte[] good = Files.readAllBytes(GOLDENS.resolve("le_f4.npy"));
    Path path = folder.resolve("x.npy");
    Files.write(path, Arrays.copyOf(good, good.length - 1));
    assertThatThrownBy(() -> NpyFile.open(path))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(path + ": expected 96 bytes of elements, found 95. Fetch or save it again.");
    Files.write(path, Arrays.copyOf(good, good.length + 4));
    assertThatThrownBy(() -> NpyFile.open(path))
        .hasMessage(path + ": expected 96 bytes of elements, found 100. Fetch or save it again.");
    Files.write(path, Arrays.copyOf(good, 20));
    assertThatThrownBy(() -> NpyFile.open(path))
        .hasMessage(path + ": ends at byte 20, too early. Fetch or save it again.");
    Files.write(path, "not numpy at all".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> NpyFile.open(path))
        .hasMessage(
            path + ": expected a .npy file, found something else. Name a file that NumPy saved.");
    Files.write(path, new byte[0]);
    assertThatThrownBy(() -> NpyFile.open(path)).isInstanceOf(MalformedFileException.class);
    String head = new String(good, StandardCharsets.ISO_8859_1);
    for (String shape : List.of("(9999999999, 9999999999)", "(99999999999999999999,)")) {
      String changed =
          head.replace("(3, 4, 2), }" + " ".repeat(shape.length()), shape + ", }" + " ".repeat(9));
      Files.write(path, changed.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> NpyFile.open(path))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageEndingWith("is larger than any file.");
    }
    Files.write(path, head.replace("'shape'", "'shake'").getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> NpyFile.open(path))
        .hasMessageContaining("its head has no readable 'shape'");
    good[6] = 9;
    Files.write(path, good);
    assertThatThrownBy(() -> NpyFile.open(path))
        .isInstanceOf(UnsupportedException.class)
        .hasMessage(path + ": is .npy of version 9, Graft reads 1 to 3. Save it again.");
    assertThatThrownBy(() -> NpyFile.open(folder.resolve("none.npy")))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> NpyFile.open(folder)).isInstanceOf(DataException.class);
  }
}
