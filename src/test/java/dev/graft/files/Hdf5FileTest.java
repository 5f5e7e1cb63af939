package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class Hdf5FileTest {
  static final Path GOLDENS = Path.of("src/test/resources/goldens/hdf5");

  @TempDir Path folder;

  static Hdf5File open(String name) {
    return Hdf5File.open(GOLDENS.resolve(name));
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @TestFactory
  Stream<DynamicTest> everyNumericDatasetReadsAsH5pyReadsIt() throws IOException {
    Config files = Config.read(GOLDENS.resolve("manifest.json")).get("files");
    List<DynamicTest> tests = new ArrayList<>();
    for (String file : files.keys()) {
      Path path = GOLDENS.resolve(file);
      tests.add(
          DynamicTest.dynamicTest(
              file + " is unchanged",
              () ->
                  assertThat(sha256(Files.readAllBytes(path)))
                      .isEqualTo(files.get(file).string("sha256"))));
      Config datasets = files.get(file).get("datasets");
      for (String name : datasets.keys()) {
        tests.add(
            DynamicTest.dynamicTest(
                file + "/" + name, () -> readsAs(path, name, datasets.get(name))));
      }
    }
    assertThat(tests).hasSizeGreaterThan(150);
    return tests.stream();
  }

  private static void readsAs(Path path, String name, Config expected) throws Exception {
    try (Hdf5File file = Hdf5File.open(path)) {
      Hdf5Dataset dataset = file.root().dataset(name);
      assertThat(dataset.type().label()).isEqualTo(expected.get("type").string());
      assertThat(dataset.type().order() == ByteOrder.BIG_ENDIAN)
          .isEqualTo(expected.get("big").flag());
      List<Long> shape = new ArrayList<>();
      expected.get("shape").items().forEach(length -> shape.add(length.whole()));
      assertThat(dataset.shape()).containsExactly(shape.stream().mapToLong(n -> n).toArray());
      List<String> filters = new ArrayList<>();
      filters.addAll(expected.strings("filters"));
      assertThat(dataset.filters()).hasSameSizeAs(filters);
      double[] doubles = dataset.doubles();
      ByteBuffer bytes = ByteBuffer.allocate(8 * doubles.length);
      bytes.asDoubleBuffer().put(doubles);
      assertThat(sha256(bytes.array())).isEqualTo(expected.get("doubles").string());
      float[] floats = dataset.floats();
      for (int i = 0; i < doubles.length; i++) {
        assertThat(floats[i]).isEqualTo((float) doubles[i]);
      }
    }
  }

  @Test
  void integersKeepAllTheirBits() {
    try (Hdf5File file = open("numbers.h5")) {
      assertThat(file.root().dataset("extremes").longs())
          .containsExactly(Long.MIN_VALUE, -1, 0, 16777217, (1L << 53) + 1);
      assertThat(file.root().dataset("bools").longs()).containsExactly(1, 0, 1);
      assertThat(file.root().dataset("halves").floats())
          .containsExactly(0f, -0f, 0x1p-24f, -0x1.0p-14f * 0.99902344f, 65504f, 1f, -2.5f);
      assertThatThrownBy(() -> file.root().dataset("le_f4").longs())
          .isInstanceOf(MalformedFileException.class)
          .hasMessageEndingWith("numbers.h5: dataset '/le_f4': expected integers, found float32.");
    }
  }

  @Test
  void rowsAreAPartOfTheWhole() {
    for (String file : List.of("storage.h5", "storage-v110.h5")) {
      try (Hdf5File opened = open(file)) {
        for (String name : List.of("chunked", "gzip", "all", "growing", "one_chunk", "lzf")) {
          Hdf5Dataset dataset = opened.root().dataset(name);
          float[] all = dataset.floats();
          for (int from = 0; from <= 11; from++) {
            for (int to = from; to <= 11; to++) {
              FloatBuffer part = FloatBuffer.allocate((to - from) * 35);
              dataset.rows(from, to, (values, count) -> part.put(values, 0, count));
              assertThat(part.remaining()).isZero();
              assertThat(part.flip()).isEqualTo(FloatBuffer.wrap(all, 35 * from, 35 * (to - from)));
            }
          }
        }
      }
    }
  }

  @Test
  void valuesGoStraightIntoNativeMemory() {
    try (Hdf5File file = open("numbers.h5")) {
      Hdf5Dataset dataset = file.root().dataset("le_f4");
      FloatBuffer target =
          ByteBuffer.allocateDirect(80).order(ByteOrder.nativeOrder()).asFloatBuffer().position(2);
      dataset.read(target);
      assertThat(target.position()).isEqualTo(17);
      assertThat(target.get(2)).isEqualTo(dataset.floats()[0]);
      assertThatThrownBy(() -> dataset.read(FloatBuffer.allocate(14)))
          .hasMessage("dataset '/le_f4' has 15 values, the target has room for 14");
    }
  }

  @Test
  void attributesComeInAllFormsThatKerasLeaves() {
    for (String name : List.of("attributes.h5", "attributes-v110.h5")) {
      try (Hdf5File file = open(name)) {
        Hdf5Attributes attributes = file.root().attributes();
        assertThat(attributes.string("model_config")).isEqualTo("{\"class_name\": \"Größe\"}");
        assertThat(attributes.string("long")).isEqualTo("x".repeat(70000));
        assertThat(attributes.string("bytes")).isEqualTo("tensorflow");
        assertThat(attributes.string("empty_text")).isEmpty();
        assertThat(attributes.strings("fixed_list")).containsExactly("conv", "dense_1");
        assertThat(attributes.strings("vlen_list")).containsExactly("alpha", "", "größe");
        assertThat(attributes.strings("one_in_list")).containsExactly("only");
        assertThat(attributes.strings("weight_names")).isEmpty();
        assertThat(attributes.integer("integer")).isEqualTo(42);
        assertThat(attributes.number("float")).isEqualTo(0.5);
        assertThat(attributes.integer("flag")).isEqualTo(1);
        assertThat(attributes.integers("big_endian")).containsExactly(1, -2, 3);
        assertThat(attributes.numbers("matrix")).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(attributes.findString("keras_version")).isEmpty();
      }
    }
  }

  @Test
  void aListInPiecesIsOneList() {
    try (Hdf5File file = open("attributes.h5")) {
      Hdf5Attributes attributes = file.root().attributes();
      assertThat(attributes.has("layer_names")).isFalse();
      assertThat(attributes.hasStrings("layer_names")).isTrue();
      assertThat(attributes.strings("layer_names"))
          .hasSize(4000)
          .startsWith("layer_00000_with_a_rather_long_name")
          .endsWith("layer_03999_with_a_rather_long_name");
    }
  }

  @Test
  void aFormOfHdf5NewerThanWeReadIsNoDamage() {
    try (Hdf5File file = open("newest.h5")) {
      assertThatThrownBy(() -> file.root().names())
          .isInstanceOf(UnsupportedException.class)
          .hasMessageEndingWith(
              "newest.h5: group '/': Graft cannot read this: Unrecognized datatype version '5'"
                  + " detected. Save the file with h5py's default settings.");
    }
  }

  @Test
  void aWrongAttributeIsNamed() {
    try (Hdf5File file = open("attributes.h5")) {
      Hdf5Attributes attributes = file.root().group("dense").attributes();
      assertThatThrownBy(() -> attributes.string("model_config"))
          .hasMessageEndingWith(
              "attributes.h5: group '/dense': expected an attribute 'model_config', found"
                  + " [weight_names].");
      assertThatThrownBy(() -> attributes.number("weight_names"))
          .hasMessageEndingWith(
              "group '/dense', attribute 'weight_names': expected numbers, found string.");
      assertThatThrownBy(() -> file.root().attributes().string("fixed_list"))
          .hasMessageEndingWith("attribute 'fixed_list': expected one string, found 2 strings.");
    }
  }

  @Test
  void stringDatasets() {
    for (String name : List.of("strings.h5", "strings-v110.h5")) {
      try (Hdf5File file = open(name)) {
        assertThat(file.root().dataset("fixed").strings()).containsExactly("one", "two", "three");
        assertThat(file.root().dataset("vlen").strings()).containsExactly("eins", "", "drei ü");
        assertThat(file.root().dataset("scalar").strings()).containsExactly("hello");
        assertThat(file.root().dataset("grid").strings()).containsExactly("a", "b", "c", "d");
      }
    }
  }

  @Test
  void childrenComeInTheOrderTheFileKeeps() {
    try (Hdf5File file = open("ordered.h5")) {
      assertThat(file.root().names()).containsExactly("zebra", "ant", "mole", "dense");
      assertThat(file.root().group("dense").names())
          .containsExactlyElementsOf(
              IntStream.range(0, 40).mapToObj(i -> "n" + (i * 17) % 40).toList());
      assertThat(file.root().groups().keySet()).containsExactly("zebra", "ant", "mole", "dense");
      assertThat(file.root().group("ant").datasets().keySet()).containsExactly("v");
    }
    for (String name : List.of("many.h5", "many-v110.h5")) {
      try (Hdf5File file = open(name)) {
        assertThat(file.root().names()).hasSize(301).isSorted();
        assertThat(file.root().group("layer_299").attributes().integer("i")).isEqualTo(299);
        assertThat(file.root().group("link").attributes().integer("i")).isEqualTo(7);
      }
    }
  }

  @Test
  void pathsLeadDownAndMissingOnesSaySo() {
    try (Hdf5File file = open("attributes.h5")) {
      Hdf5Group dense = file.root().group("dense");
      assertThat(dense.dataset("dense/kernel:0").path()).isEqualTo("/dense/dense/kernel:0");
      assertThat(dense.findGroup("bias")).isEmpty();
      assertThatThrownBy(() -> dense.dataset("dense"))
          .hasMessageEndingWith(
              "attributes.h5: expected a dataset '/dense/dense', found something else. The group"
                  + " holds [dense].");
      List<String> all = new ArrayList<>();
      file.root().walk(dataset -> all.add(dataset.path()));
      assertThat(all).containsExactly("/dense/dense/kernel:0");
    }
  }

  @Test
  void linksNeitherLeaveTheFileNorGoRoundForEver() {
    try (Hdf5File file = open("awkward.h5")) {
      assertThatThrownBy(() -> file.root().findDataset("outside"))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageEndingWith(
              "'outside' in group '/' is a link to another file, which Graft does not follow. Copy"
                  + " the data into one file.");
      assertThatThrownBy(() -> file.root().findGroup("circle_a"))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageContaining("leads to links without an end");
      assertThat(file.root().findGroup("nowhere")).isEmpty();
      assertThatThrownBy(() -> file.root().group("ring").walk(dataset -> {}))
          .hasMessageContaining("group '/ring/again': the file is damaged")
          .hasMessageContaining("the group lies inside itself");
      assertThatThrownBy(() -> file.root().dataset("compound").floats())
          .hasMessageContaining("dataset '/compound': expected numbers, found other.");
    }
  }

  @Test
  void whatIsNoHdf5FileSaysWhatItIs() throws IOException {
    Path none = folder.resolve("none.h5");
    assertThatThrownBy(() -> Hdf5File.open(none))
        .isInstanceOf(DataException.class)
        .hasMessage(none + ": there is no such file. Check the path.");
    assertThatThrownBy(() -> Hdf5File.open(folder))
        .isInstanceOf(DataException.class)
        .hasMessage(folder + ": expected an HDF5 file, found a folder. Name a file.");
    Path empty = Files.createFile(folder.resolve("empty.h5"));
    assertThatThrownBy(() -> Hdf5File.open(empty))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(
            empty + ": expected an HDF5 file, found an empty file. Name a .h5 or .hdf5" + " file.");
    Path zip = Files.writeString(folder.resolve("model.keras"), "PK and more");
    assertThatThrownBy(() -> Hdf5File.open(zip))
        .hasMessageContaining("expected an HDF5 file, found something else");
    assertThat(Hdf5File.isHdf5(zip)).isFalse();
    assertThat(Hdf5File.isHdf5(folder)).isFalse();
    assertThat(Hdf5File.isHdf5(GOLDENS.resolve("userblock.h5"))).isTrue();
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(GOLDENS.resolve("attributes.h5"));
    Path cut = folder.resolve("cut.h5");
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(
            () -> {
              try (Hdf5File file = Hdf5File.open(cut)) {
                file.root().walk(Hdf5Dataset::floats);
              }
            })
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("cut.h5: ")
        .hasMessageContaining("damaged or cut short");
  }
}
