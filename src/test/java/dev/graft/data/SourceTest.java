package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.fetch.Places;
import dev.graft.files.ElementType;
import dev.graft.files.Hdf5Writer;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.layers.Spec;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Tensor;

class SourceTest {
  @TempDir Path root;

  private Dataset read(Labels labels, Object source) {
    Context context =
        Context.training(root, new Places(List.of(), List.of(), root), Progress.NONE)
            .labelled(labels);
    return Source.read(Config.of(source, "recipe.json: data.train"), context);
  }

  private static Batch batch(Dataset data, Labels labels) {
    int[] rows = java.util.stream.IntStream.range(0, data.size()).toArray();
    try (Examples examples = data.prepare(new Preparation(null, labels), Settings.standard())) {
      return examples.batch(rows, -1);
    }
  }

  private static void holds(Tensor tensor, long[] shape, float... values) {
    assertThat(tensor.shape().asArray()).containsExactly(shape);
    assertThat(Tensors.read(tensor)).containsExactly(values);
  }

  private void npy(String name, NpyArray array) {
    NpyWriter.save(root.resolve(name), array);
  }

  @Test
  void readsNpy() {
    npy("x.npy", NpyArray.of(new long[] {3, 2}, 1f, 2f, 3f, 4f, 5f, 6f));
    npy("y.npy", NpyArray.of(new long[] {3}, 1L, 0L, 2L));
    Dataset data = read(Labels.CATEGORICAL, Map.of("npy", List.of("x.npy", "y.npy"), "skip", 1));
    assertThat(data.classes()).containsExactly("0", "1", "2");
    try (Batch batch = batch(data, Labels.CATEGORICAL)) {
      holds(batch.inputs().get(0), new long[] {2, 2}, 3, 4, 5, 6);
      holds(batch.targets().get(0), new long[] {2, 3}, 1, 0, 0, 0, 0, 1);
    }
    try (Batch batch = batch(data, Labels.SPARSE)) {
      holds(batch.targets().get(0), new long[] {2, 1}, 0, 2);
    }
    Dataset numbers = read(Labels.REGRESSION, Map.of("npy", List.of("x.npy", "y.npy")));
    assertThat(numbers.classes()).isEmpty();
    try (Batch batch = batch(numbers, Labels.REGRESSION)) {
      holds(batch.targets().get(0), new long[] {3, 1}, 1, 0, 2);
    }
    assertThat(read(null, Map.of("npy", List.of("x.npy"))).targets()).isEmpty();
  }

  @Test
  void saysWhatMakesNoSense() {
    npy("x.npy", NpyArray.of(new long[] {2, 1}, 1f, 2f));
    npy("y.npy", NpyArray.of(new long[] {2}, 1f, 0.5f));
    assertThatThrownBy(() -> read(Labels.SPARSE, Map.of("npy", List.of("x.npy", "y.npy"))))
        .isInstanceOf(DataException.class)
        .hasMessage(
            root.resolve("y.npy")
                + ": the label of row 1 is 0.5, a class is a whole number. Check the labels, or set"
                + " \"labels\": \"regression\".");
    assertThatThrownBy(() -> read(null, Map.of("flder", "x")))
        .hasMessage("recipe.json: data.train: 'flder' is not known here. Did you mean 'folder'?");
  }

  @Test
  void knowsOneHotRows() {
    npy("x.npy", NpyArray.of(new long[] {2, 1}, 1f, 2f));
    npy("y.npy", NpyArray.of(new long[] {2, 3}, 0f, 0f, 1f, 1f, 0f, 0f));
    Dataset data = read(Labels.CATEGORICAL, Map.of("npy", List.of("x.npy", "y.npy")));
    assertThat(data.label(0)).isEqualTo(2);
    Dataset several = read(Labels.MULTI_LABEL, Map.of("npy", List.of("x.npy", "y.npy")));
    assertThat(several.label(0)).isEqualTo(-1);
    assertThat(several.classes()).hasSize(3);
  }

  /** A model knows its classes by name; arrays have their places. */
  @Test
  void takesNumbersForPlacesAmongNamedClasses() throws IOException {
    npy("x.npy", NpyArray.of(new long[] {3, 1}, 1f, 2f, 3f));
    npy("y.npy", NpyArray.of(new long[] {3}, 1L, 0L, 1L));
    Files.writeString(root.resolve("t.csv"), "a,label\n1,2\n2,0\n");
    List<String> flowers = List.of("daisy", "rose", "tulip");
    Dataset data = among(flowers, Map.of("npy", List.of("x.npy", "y.npy")));
    assertThat(data.classes()).isEqualTo(flowers);
    assertThat(data.labelText(0)).isEqualTo("rose");
    try (Batch batch = batch(data, Labels.CATEGORICAL)) {
      holds(batch.targets().get(0), new long[] {3, 3}, 0, 1, 0, 1, 0, 0, 0, 1, 0);
    }
    Dataset table = among(flowers, Map.of("table", "t.csv", "label", "label"));
    assertThat(table.labelText(0)).isEqualTo("tulip");
    // Where the model's classes are numbers, they are names as well.
    assertThat(among(List.of("1", "0"), Map.of("npy", List.of("x.npy", "y.npy"))).label(0))
        .isZero();
    assertThatThrownBy(
            () -> among(List.of("ant", "bee"), Map.of("table", "t.csv", "label", "label")))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "t.csv: expected labels from 0 to 1, one for each of the classes ant, bee; came 2.");
  }

  private Dataset among(List<String> classes, Object source) {
    Context context =
        Context.training(root, new Places(List.of(), List.of(), root), Progress.NONE)
            .as(Context.Role.TEST, classes);
    return Source.read(Config.of(source, "--data"), context);
  }

  @Test
  void readsPicturesInArrays() {
    npy("x.npy", NpyArray.of(new long[] {1, 1, 2, 1}, ElementType.UINT8, (byte) 200, (byte) 0));
    Dataset data = read(null, Map.of("npy", List.of("x.npy")));
    try (Batch batch = batch(data, null)) {
      holds(batch.inputs().get(0), new long[] {1, 1, 2, 1}, 200, 0);
    }
    Preprocessing rgb =
        Preprocessing.read(Config.of(Map.of("rescale", "1/255"), "image"), Preprocessing.none());
    try (Examples examples = data.prepare(new Preparation(rgb, null), Settings.standard());
        Batch batch = examples.batch(new int[] {0}, -1)) {
      float bright = 200 * (float) (1 / 255.0);
      holds(batch.inputs().get(0), new long[] {1, 1, 2, 3}, bright, bright, bright, 0, 0, 0);
    }
  }

  @Test
  void readsSeveralInputsByName() {
    npy("a.npy", NpyArray.of(new long[] {2}, 1f, 2f));
    npy("b.npy", NpyArray.of(new long[] {2, 1}, 3f, 4f));
    npy("y.npy", NpyArray.of(new long[] {2}, 0.5f, 1.5f));
    Dataset data =
        read(
            Labels.REGRESSION,
            Map.of(
                "npy",
                List.of(
                    new java.util.TreeMap<>(Map.of("left", "a.npy", "right", "b.npy")), "y.npy")));
    assertThat(data.inputs()).extracting(Dataset.Input::name).containsExactly("left", "right");
    try (Batch batch = batch(data, Labels.REGRESSION)) {
      holds(batch.inputs().get(1), new long[] {2, 1}, 3, 4);
    }
    npy("short.npy", NpyArray.of(new long[] {1}, 1f));
    assertThatThrownBy(() -> read(null, Map.of("npy", List.of("a.npy", "short.npy"))))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "a.npy: expected as many examples everywhere, the first input has 2, the labels have 1."
                + " Check that the files belong together.");
  }

  @Test
  void neverUnpicklesObjects() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String head = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
    bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.write(new byte[] {(byte) (head.length() + 1), 0});
    bytes.write((head + "\n").getBytes(StandardCharsets.US_ASCII));
    bytes.write(new byte[8]);
    Files.write(root.resolve("o.npy"), bytes.toByteArray());
    assertThatThrownBy(() -> read(null, Map.of("npy", List.of("o.npy"))))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("o.npy");
  }

  @Test
  void readsHdf5AsFeaturesAreWritten() throws IOException {
    try (Hdf5Writer writer = Hdf5Writer.create(root.resolve("f.h5"))) {
      writer.root().floats("features", new long[] {2, 2}, 1, 2, 3, 4);
      writer.root().strings("labels", List.of("rose", "daisy"));
    }
    Dataset data = read(Labels.SPARSE, Map.of("hdf5", "f.h5"));
    assertThat(data.classes()).containsExactly("daisy", "rose");
    try (Batch batch = batch(data, Labels.SPARSE)) {
      holds(batch.inputs().get(0), new long[] {2, 2}, 1, 2, 3, 4);
      holds(batch.targets().get(0), new long[] {2, 1}, 1, 0);
    }
    assertThatThrownBy(() -> read(null, Map.of("hdf5", "f.h5", "x", "feature")))
        .hasMessage(root.resolve("f.h5") + ": has no array 'feature'. Did you mean 'features'?");
  }

  /** A vector takes as many columns, numbered from 0 or from 1. */
  @Test
  void columnsOfATableGoToInputsByName() throws IOException {
    Files.writeString(root.resolve("t.csv"), "b_2,a,b_1,label\n20,1,10,0\n40,3,30,1\n");
    Dataset data = read(Labels.SPARSE, Map.of("table", "t.csv", "label", "label"));
    Dataset bound =
        data.fitted(
            List.of(
                new Examples.Field("a", Spec.floats(-1, 1)),
                new Examples.Field("b", Spec.floats(-1, 2))));
    Column b = bound.inputs().get(1).column();
    assertThat(b.shape()).containsExactly(2);
    float[] row = new float[2];
    b.read(1, row, 0);
    assertThat(row).containsExactly(30, 40);
    assertThatThrownBy(
            () ->
                data.fitted(
                    List.of(
                        new Examples.Field("a", Spec.floats(-1, 1)),
                        new Examples.Field("b", Spec.floats(-1, 3)))))
        .hasMessage(
            root.resolve("t.csv")
                + ": has no column 'b' and no b_0 to b_2 for the network's input of that name."
                + " Did you mean 'a'?");
  }

  @Test
  void readsTables() throws IOException {
    Files.writeString(
        root.resolve("t.csv"),
        "\uFEFFfile,label,f0,f1\na.jpg,rose,1.5,2\n\"b, c.jpg\",daisy,-3e2,nan\n");
    Dataset data = read(Labels.SPARSE, Map.of("table", "t.csv"));
    assertThat(data.classes()).containsExactly("daisy", "rose");
    try (Batch batch = batch(data, Labels.SPARSE)) {
      holds(batch.inputs().get(0), new long[] {2, 2}, 1.5f, 2, -300, Float.NaN);
    }
    Dataset texts = read(Labels.SPARSE, Map.of("table", "t.csv", "drop", List.of()));
    assertThatThrownBy(() -> batch(texts, Labels.SPARSE))
        .hasMessage(
            root.resolve("t.csv")
                + ": row 2, column 'file': expected a number, came 'a.jpg'. Put columns that are no"
                + " numbers into 'drop', unless the network has an input of that name that takes"
                + " texts.");
    assertThatThrownBy(() -> read(null, Map.of("table", "t.csv", "label", "lable")))
        .hasMessage(root.resolve("t.csv") + ": has no column 'lable'. Did you mean 'label'?");
  }

  @Test
  void refusesBadTables() throws IOException {
    Files.writeString(root.resolve("empty.csv"), "");
    assertThatThrownBy(() -> read(null, Map.of("table", "empty.csv")))
        .hasMessage(
            root.resolve("empty.csv")
                + ": expected a line of column names, the file is empty. Check the path.");
    Files.writeString(root.resolve("head.csv"), "label,x\n");
    assertThatThrownBy(() -> read(null, Map.of("table", "head.csv")))
        .hasMessage(root.resolve("head.csv") + ": has column names and no rows.");
    Files.writeString(root.resolve("ragged.csv"), "label;x\na;1\nb;2;3\n");
    assertThatThrownBy(() -> read(null, Map.of("table", "ragged.csv")))
        .hasMessage(
            root.resolve("ragged.csv")
                + ": row 3: expected 2 fields as in the first line, came 3. Quote fields that hold"
                + " the separator.");
    Files.write(
        root.resolve("latin.csv"), new byte[] {'l', 'a', 'b', 'e', 'l', '\n', (byte) 0xe9, '\n'});
    assertThatThrownBy(() -> read(null, Map.of("table", "latin.csv")))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(root.resolve("latin.csv") + ": is not in UTF-8. Save it as UTF-8.");
    Files.writeString(root.resolve("x.csv"), "a,b\n1,2\n");
    assertThatThrownBy(() -> read(null, Map.of("table", "x.csv")))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "recipe.json: data.train: which column is the label? Set 'label' to one of a, b.");
  }

  @Test
  void readsFilesAndLabels() throws IOException {
    Path photo = ImagesTest.GOLDENS.resolve("files/photo.jpg");
    Files.createDirectories(root.resolve("pics"));
    for (String name : List.of("1.jpg", "2.JPG", "café.jpg")) {
      Files.copy(photo, FileNames.resolve(root.resolve("pics"), name));
    }
    Files.writeString(
        root.resolve("l.csv"), "id,what,when\n1,rose,x\n2.JPG,daisy,y\ncafé,rose,z\n");
    Dataset data =
        read(
            Labels.CATEGORICAL,
            Map.of("csv", "l.csv", "folder", "pics", "file", "id", "label", "what"));
    assertThat(data.classes()).containsExactly("daisy", "rose");
    assertThat(data.label(2)).isEqualTo(1);
    assertThat(data.name(2)).endsWith("pics/café.jpg");
    Files.writeString(
        root.resolve("m.csv"), "file,labels\npics/1.jpg,haze primary\npics/2.JPG,primary\n");
    Dataset several = read(Labels.MULTI_LABEL, Map.of("csv", "m.csv"));
    assertThat(several.classes()).containsExactly("haze", "primary");
    try (Batch batch = targetsOnly(several)) {
      holds(batch.targets().get(0), new long[] {2, 2}, 1, 1, 0, 1);
    }
    Files.writeString(root.resolve("c.csv"), "file,sun,rain\npics/1.jpg,1,0\npics/2.JPG,1,1\n");
    Dataset columns =
        read(Labels.MULTI_LABEL, Map.of("csv", "c.csv", "label", List.of("sun", "rain")));
    assertThat(columns.classes()).containsExactly("sun", "rain");
    Files.writeString(root.resolve("n.csv"), "file,label\npics/1.jpg,a\npics/9.jpg,b\n");
    assertThatThrownBy(() -> read(null, Map.of("csv", "n.csv")))
        .hasMessage(
            root.resolve("n.csv")
                + ": row 3: no file 'pics/9.jpg' in "
                + root
                + ". Correct the row or set 'folder'.");
  }

  private static Batch targetsOnly(Dataset data) {
    try (Examples examples =
        data.prepare(
            new Preparation(Preprocessing.none(), Labels.MULTI_LABEL), Settings.standard())) {
      return new Batch(new int[] {0, 1}, List.of(), examples.targets(new int[] {0, 1}));
    }
  }

  @Test
  void readsIdxPairs() throws IOException {
    Files.write(
        root.resolve("i"), IdxTest.idx(0x803, new int[] {2, 1, 2}, new byte[] {1, 2, 3, 4}));
    Files.write(root.resolve("l"), IdxTest.idx(0x801, new int[] {2}, new byte[] {4, 7}));
    Dataset data = read(Labels.SPARSE, Map.of("idx", List.of("i", "l")));
    assertThat(data.classes()).hasSize(8);
    assertThat(data.label(1)).isEqualTo(7);
    Files.write(root.resolve("m"), IdxTest.idx(0x801, new int[] {3}, new byte[] {4, 7, 1}));
    assertThatThrownBy(() -> read(null, Map.of("idx", List.of("i", "m"))))
        .hasMessageContaining("the first input has 2, the labels have 3.");
    assertThatThrownBy(() -> read(null, Map.of("idx", List.of("l", "i"))))
        .isInstanceOf(MalformedFileException.class);
  }

  @Test
  void wantsLabelsThatFit() {
    npy("x.npy", NpyArray.of(new long[] {3, 1}, 1f, 2f, 3f));
    npy("y.npy", NpyArray.of(new long[] {3}, 0L, 1L, 2L));
    Dataset data = read(Labels.BINARY, Map.of("npy", List.of("x.npy", "y.npy")));
    assertThatThrownBy(() -> batch(data, Labels.BINARY))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("has 3 classes, binary labels have two.");
  }
}
