package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.graft.config.Config;
import dev.graft.fetch.Places;
import dev.graft.files.ElementType;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.files.ZipWriter;
import dev.graft.progress.Progress;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedSetsTest {
  @TempDir Path root;

  private final List<Progress.Event> events = new ArrayList<>();

  private Dataset open(String name, String part, Path folder) {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("dataset", name);
    if (part != null) {
      source.put("part", part);
    }
    if (folder != null) {
      source.put("folder", folder.toString());
    }
    Places places =
        new Places(
            List.of(root.resolve("store/data"), root.resolve("keras/datasets")),
            List.of(),
            root.resolve("store"));
    return Source.read(
        Config.of(source, "data.train"), Context.training(root, places, events::add));
  }

  private static void idx(Path file, int[] shape, byte fill) throws IOException {
    Files.createDirectories(file.getParent());
    int size = 1;
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * shape.length + 10_000);
    bytes.putInt(0x0800 | shape.length);
    for (int length : shape) {
      bytes.putInt(length);
      size *= length;
    }
    for (int i = 0; i < size; i++) {
      bytes.put(fill);
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(bytes.array(), 0, bytes.position());
    }
  }

  private static void pair(Path folder, int count, byte fill) throws IOException {
    idx(folder.resolve("train-images-idx3-ubyte.gz"), new int[] {count, 2, 2}, fill);
    idx(folder.resolve("train-labels-idx1-ubyte.gz"), new int[] {count}, fill);
  }

  private static void picture(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    ImageIO.write(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
  }

  @Test
  void theErrorSaysWhatFetchesItAndWhereItWouldGo() {
    assertThatThrownBy(() -> open("mnist", "train", null))
        .hasMessage(
            "data set 'mnist': neither mnist.npz nor train-images-idx3-ubyte.gz with its labels is"
                + " in "
                + root.resolve("store/data")
                + ", "
                + root.resolve("keras/datasets")
                + ". Fetch it with: graft data fetch mnist (it goes to "
                + root.resolve("store/data/mnist.npz")
                + "), or name a folder that has it with --data.");
    assertThatThrownBy(() -> open("flower_photos", null, null))
        .hasMessageContaining("Fetch it with: graft data fetch flower_photos (it goes to ");
    assertThatThrownBy(() -> open("minst", null, null))
        .hasMessageStartingWith("data.train: there is no data set 'minst'. Did you mean 'mnist'?");
  }

  @Test
  void kerassOwnFolderIsReadAsItIs() throws IOException {
    pair(root.resolve("keras/datasets/fashion-mnist"), 5, (byte) 3);
    Dataset clothes = open("fashion-mnist", "train", null);
    assertThat(clothes.size()).isEqualTo(5);
    assertThat(clothes.classes()).hasSize(10).contains("Sandal");
    Path npz = root.resolve("keras/datasets/mnist.npz");
    try (ZipWriter zip = ZipWriter.create(npz)) {
      array(zip, "x_test", new long[] {2, 2, 2}, new byte[8]);
      array(zip, "x_train", new long[] {3, 2, 2}, new byte[12]);
      array(zip, "y_train", new long[] {3}, (byte) 9, (byte) 1, (byte) 0);
      array(zip, "y_test", new long[] {2}, (byte) 4, (byte) 4);
    }
    Dataset digits = open("mnist", "train", null);
    assertThat(digits.size()).isEqualTo(3);
    assertThat(digits.label(0)).isEqualTo(9);
    assertThat(open("mnist", "test", null).size()).isEqualTo(2);
  }

  private void array(ZipWriter zip, String name, long[] shape, byte... values) throws IOException {
    Path plain = root.resolve(name + ".npy");
    NpyWriter.save(plain, NpyArray.of(shape, ElementType.UINT8, values));
    zip.stored(name + ".npy", plain);
  }

  @Test
  void aFolderThatTheUserNamesMustHaveTheSet() throws IOException {
    pair(root.resolve("own"), 4, (byte) 1);
    pair(root.resolve("store/data/mnist"), 6, (byte) 1);
    assertThat(open("mnist", "train", root.resolve("own")).size()).isEqualTo(4);
    assertThat(open("mnist", "train", null).size()).isEqualTo(6);
    Files.createDirectories(root.resolve("empty"));
    assertThatThrownBy(() -> open("mnist", "train", root.resolve("empty")))
        .hasMessageEndingWith(" is in " + root.resolve("empty") + ". Check the folder.");
    assertThatThrownBy(() -> open("mnist", "train", root.resolve("nowhere")))
        .hasMessageStartingWith("data.train: folder: there is no folder ");
    assertThatThrownBy(() -> open("fashion-mnist-sample", "train", root.resolve("own")))
        .hasMessageContaining("is in Graft itself");
  }

  @Test
  @Tag("shared")
  void whatIsReallyTheOtherSetIsRefused() {
    Path data = Path.of("..", "shared", "data").toAbsolutePath().normalize();
    assumeThat(data).as("the shared folder beside the checkout").isDirectory();
    for (String name : List.of("mnist", "fashion-mnist")) {
      String other = name.equals("mnist") ? "fashion-mnist" : "mnist";
      Path folder = data.resolve(other);
      for (String part : List.of("train", "test")) {
        assertThat(open(other, part, folder).name()).isEqualTo(other + " " + part);
        assertThatThrownBy(() -> open(name, part, folder))
            .hasMessageStartingWith(folder.toString())
            .hasMessageEndingWith(
                "-labels-idx1-ubyte.gz: expected the labels of %s %s, these are the labels of %s"
                    + " %s. Check the folder, or set 'dataset' to the set that is meant.",
                name, part, other, part);
      }
    }
  }

  @Test
  void bareFilesInTheStoreBelongToNobody() throws IOException {
    pair(root.resolve("store/data"), 4, (byte) 1);
    assertThatThrownBy(() -> open("mnist", "train", null)).hasMessageContaining("Fetch it with");
  }

  @Test
  void photosAreFoundAsKerasUnpacksThem() throws IOException {
    for (String place :
        List.of("flower_photos_extracted/flower_photos", "flower_photos/flower_photos")) {
      picture(root.resolve("keras/datasets").resolve(place).resolve("daisy/a.png"));
      picture(root.resolve("keras/datasets").resolve(place).resolve("roses/a.png"));
      Dataset flowers = open("flower_photos", null, null);
      assertThat(flowers.classes()).containsExactly("daisy", "roses");
      assertThat(flowers.file(0).toString()).contains(place);
    }
    assertThatThrownBy(() -> open("flower_photos", "test", null))
        .hasMessageEndingWith(
            "has no parts, only class folders. Leave 'part' out and set data.validation to"
                + " {\"split\": 0.2}.");
  }

  @Test
  void anArchiveInTheUsersFolderIsUnpackedOnce() throws IOException {
    Path picture = root.resolve("p.png");
    picture(picture);
    Files.createDirectories(root.resolve("own"));
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(root.resolve("own/flower_photos_2.zip")))) {
      for (String name : List.of("x/train/a/1.png", "x/train/b/1.png", "x/val/a/2.png")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(Files.readAllBytes(picture));
      }
    }
    assertThat(open("flower_photos", "train", root.resolve("own")).size()).isEqualTo(2);
    long unpackings = events.stream().filter(Progress.PhaseStarted.class::isInstance).count();
    assertThat(unpackings).isEqualTo(1);
    open("flower_photos", "train", root.resolve("own"));
    assertThat(events.stream().filter(Progress.PhaseStarted.class::isInstance).count())
        .isEqualTo(unpackings);
  }
}
