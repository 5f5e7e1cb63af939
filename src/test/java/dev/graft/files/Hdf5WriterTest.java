package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Hdf5WriterTest {
  @TempDir Path folder;

  private Path sample() throws IOException {
    Path path = folder.resolve("sample.h5");
    Hdf5Sample.write(path);
    return path;
  }

  @Test
  void attributesReadBack() throws IOException {
    try (Hdf5File file = Hdf5File.open(sample())) {
      Hdf5Attributes root = file.root().attributes();
      assertThat(root.string("model_config")).isEqualTo(Hdf5Sample.CONFIG);
      assertThat(root.string("backend")).isEqualTo("tensorflow");
      assertThat(root.string("empty")).isEmpty();
      assertThat(root.strings("layer_names")).isEqualTo(Hdf5Sample.MANY_NAMES);
      assertThat(root.names())
          .contains("layer_names0", "layer_names2")
          .doesNotContain("layer_names", "layer_names3");
      assertThat(root.integer("integer")).isEqualTo(-42);
      assertThat(root.number("number")).isEqualTo(0.1);
      assertThat(root.integer("yes")).isEqualTo(1);
      assertThat(root.integer("no")).isZero();
      assertThat(root.type("yes")).isEqualTo(ElementType.BOOL);
      assertThat(root.integers("integers")).containsExactly(1, Long.MIN_VALUE);
      assertThat(root.numbers("numbers")).containsExactly(1.5, -2);
      Hdf5Group weights = file.root().group("model_weights");
      assertThat(weights.attributes().strings("layer_names")).containsExactly("größe", "b");
      assertThat(weights.group("b").attributes().strings("weight_names")).isEmpty();
      assertThat(weights.group("b").attributes().type("weight_names"))
          .isEqualTo(ElementType.FLOAT64);
    }
  }

  @Test
  void datasetsReadBackBitForBit() throws IOException {
    try (Hdf5File file = Hdf5File.open(sample())) {
      Hdf5Dataset kernel = file.root().dataset("model_weights/größe/größe/kernel:0");
      assertThat(kernel.shape()).containsExactly(2, 3);
      assertThat(kernel.type()).isEqualTo(ElementType.FLOAT32);
      assertThat(kernel.floats()).containsExactly(1, -2, 0.5f, 3e38f, 1e-40f, -0f);
      assertThat(kernel.attributes().integer("epoch")).isEqualTo(7);
      Hdf5Group types = file.root().group("types");
      assertThat(types.dataset("float64").doubles()).containsExactly(Math.PI, -1e300, 0);
      assertThat(types.dataset("int32").longs())
          .containsExactly(1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE);
      assertThat(types.dataset("int64").longs()).containsExactly(Long.MAX_VALUE, Long.MIN_VALUE);
      assertThat(types.dataset("int8").longs()).containsExactly(-128, 0, 127);
      assertThat(types.dataset("uint8").longs()).containsExactly(0, 128, 255);
      assertThat(types.dataset("bool").longs()).containsExactly(1, 0);
      assertThat(types.dataset("bool").type()).isEqualTo(ElementType.BOOL);
      assertThat(types.dataset("text").strings()).containsExactly("hello ü");
      assertThat(types.dataset("text").shape()).isEmpty();
      assertThat(types.dataset("texts").strings()).containsExactly("eins", "", "drei");
      assertThat(types.dataset("nothing").shape()).containsExactly(0, 4);
      assertThat(types.dataset("nothing").floats()).isEmpty();
      assertThat(types.dataset("scalar").floats()).containsExactly(3.25f);
      assertThat(file.root().group("empty").names()).isEmpty();
      float[] counted = file.root().dataset("large/counting").floats();
      assertThat(counted).hasSize(300_000);
      for (int i = 0; i < counted.length; i++) {
        assertThat(counted[i]).isEqualTo(i);
      }
    }
  }

  @Test
  void aGroupHoldsAnyNumberOfChildren() throws IOException {
    for (int count : new int[] {0, 1, 8, 9, 256, 257, 8193}) {
      Path path = folder.resolve(count + ".h5");
      try (Hdf5Writer file = Hdf5Writer.create(path)) {
        List<Integer> order = new java.util.ArrayList<>(IntStream.range(0, count).boxed().toList());
        Collections.shuffle(order, new java.util.Random(1));
        order.forEach(i -> file.root().group("g" + i).attributes().integer("i", i));
      }
      try (Hdf5File file = Hdf5File.open(path)) {
        assertThat(file.root().names()).hasSize(count).isSorted();
        for (int i = 0; i < count; i += 97) {
          assertThat(file.root().group("g" + i).attributes().integer("i")).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void sameInputSameBytes() throws IOException {
    byte[] first = Files.readAllBytes(sample());
    assertThat(Files.readAllBytes(sample())).isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64511, 64512, 64513, 100_000, 1_000_000})
  void stringsOfAnyLength(int length) throws IOException {
    Path path = folder.resolve("long.h5");
    String text = "y".repeat(length);
    try (Hdf5Writer file = Hdf5Writer.create(path)) {
      file.root().attributes().string("a", text).string("b", text + "!");
    }
    try (Hdf5File file = Hdf5File.open(path)) {
      assertThat(file.root().attributes().string("a")).isEqualTo(text);
      assertThat(file.root().attributes().string("b")).isEqualTo(text + "!");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64512, 64513, 129_024, 129_025, 200_000})
  void listsAreSplitWhereKerasSplitsThem(int count) throws IOException {
    Path path = folder.resolve("names.h5");
    List<String> names = Collections.nCopies(count, "n");
    try (Hdf5Writer file = Hdf5Writer.create(path)) {
      file.root().attributes().strings("names", names);
    }
    int pieces = (count + 64511) / 64512;
    try (Hdf5File file = Hdf5File.open(path)) {
      assertThat(file.root().attributes().names()).hasSize(pieces);
      assertThat(file.root().attributes().has("names")).isEqualTo(pieces == 1);
      assertThat(file.root().attributes().strings("names")).isEqualTo(names);
    }
  }

  @Test
  void mistakesAreNamed() throws IOException {
    try (Hdf5Writer file = Hdf5Writer.create(folder.resolve("wrong.h5"))) {
      Hdf5GroupWriter root = file.root();
      assertThatThrownBy(() -> root.floats("short", new long[] {2, 2}, 1, 2, 3))
          .hasMessage("'/short' of shape [2, 2]: 1 values are missing");
      assertThatThrownBy(() -> root.floats("long", new long[] {2}, 1, 2, 3))
          .hasMessage("'/long' of shape [2]: there are more values than fit");
      assertThatThrownBy(() -> root.ints("count", new long[] {2}, 1))
          .hasMessage("'count' of shape [2]: came 1 values");
      root.floats("a/b", new long[0], 1);
      assertThatThrownBy(() -> root.floats("a/b", new long[0], 1))
          .hasMessage("'/a/b' is there already");
      assertThatThrownBy(() -> root.group("a/b/c")).hasMessage("'/a/b' is a dataset already");
      assertThatThrownBy(() -> root.group("a//c"))
          .hasMessage("'/a/' is no name for an HDF5 object");
      assertThatThrownBy(() -> root.attributes().integer("ü", 1))
          .hasMessage("attribute name 'ü' is not plain ASCII");
      root.attributes().integer("n", 1);
      assertThatThrownBy(() -> root.attributes().integer("n", 1))
          .hasMessage("attribute 'n' is written twice");
      assertThatThrownBy(() -> root.attributes().numbers("big", new double[9000]))
          .hasMessage("attribute 'big' has 72000 bytes, more than an object header takes");
      assertThatThrownBy(() -> root.attributes().strings("s", List.of("z".repeat(64513))))
          .isInstanceOf(UnsupportedException.class)
          .hasMessage(
              "attribute 's': a name of 64513 bytes is longer than the 64512 HDF5 takes. Shorten"
                  + " it.");
    }
    try (Hdf5File file = Hdf5File.open(folder.resolve("wrong.h5"))) {
      assertThat(file.root().dataset("a/b").floats()).containsExactly(1);
      assertThat(Arrays.asList(file.root().names().toArray())).containsExactly("a");
    }
  }
}
