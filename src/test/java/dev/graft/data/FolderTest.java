package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.fetch.Places;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
  private static final Path FILES = ImagesTest.GOLDENS.resolve("files");
  private static final Map<String, Object> SMALL = Map.of("size", List.of(16, 20));

  @TempDir Path root;
  private final List<String> said = new ArrayList<>();

  private final Progress progress =
      event -> {
        if (event instanceof Progress.Message message) {
          said.add(message.text());
        }
      };

  private void put(String golden, String... targets) throws IOException {
    for (String target : targets) {
      Path file = FileNames.resolve(root, target);
      Files.createDirectories(file.getParent());
      Files.copy(FILES.resolve(golden), file);
    }
  }

  private Context context() {
    return Context.training(root, new Places(List.of(), List.of(), root), progress);
  }

  private Dataset read(Object source) {
    return Source.read(Config.of(source, "recipe.json: data.train"), context());
  }

  private Data open(Map<String, Object> data) {
    return Data.open(
        Config.of(data, "recipe.json: data"),
        context(),
        new Preparation(Preprocessing.none(), Labels.CATEGORICAL),
        Settings.standard());
  }

  @Test
  void listsAsFlowFromDirectory() throws IOException {
    put(
        "photo.jpg",
        "b/2.jpg",
        "b/10.JPG",
        "b/sub/0.jpg",
        "b/sub-b/1.jpg",
        "b/sub/x/2.jpg",
        "B/x.jpg");
    put(
        "photo.jpg",
        "a b/-dash.jpg",
        "a b/café.jpg",
        "a b/cafe\u0301.jpg",
        "a b/🌻.jpg",
        "a b/\uff01.jpg");
    put("photo.jpg", ".hidden/x.jpg", "b/notes.txt", "b/._2.jpg", "b/Thumbs.db");
    Dataset data = read(Map.of("folder", "."));
    assertThat(data.classes()).containsExactly("B", "a b", "b");
    List<String> names = new ArrayList<>();
    for (int row = 0; row < data.size(); row++) {
      names.add(data.classes().get(data.label(row)) + "|" + FileNames.name(data.file(row)));
    }
    assertThat(names)
        .containsExactly(
            "B|x.jpg",
            "a b|-dash.jpg",
            "a b|cafe\u0301.jpg",
            "a b|café.jpg",
            "a b|\uff01.jpg",
            "a b|🌻.jpg",
            "b|10.JPG",
            "b|2.jpg",
            // sorted by the whole path of the folder: "sub", "sub-b", "sub/x"
            "b|0.jpg",
            "b|1.jpg",
            "b|2.jpg");
    assertThat(data.name(10)).endsWith("b/sub/x/2.jpg");
    assertThat(said).hasSize(1);
    assertThat(said.get(0))
        .contains("3 files are no images by name and left out: ")
        .contains("b/Thumbs.db");
  }

  @Test
  void takesTheListOfClasses() throws IOException {
    put("photo.jpg", "ant/1.jpg", "bee/1.jpg", "wasp/1.jpg", "wasp/2.jpg");
    Dataset data = read(Map.of("folder", ".", "classes", List.of("wasp", "ant")));
    assertThat(data.classes()).containsExactly("wasp", "ant");
    assertThat(data.size()).isEqualTo(3);
    assertThat(data.label(0)).isEqualTo(1);
    assertThat(data.label(2)).isEqualTo(0);
  }

  @Test
  void makesBatchesOfEveryFormat() throws IOException {
    put("photo.jpg", "a/1.jpg", "a/5.jpg");
    put("palette.png", "a/2.png", "b/png-inside.jpg");
    put("palette.bmp", "b/3.bmp");
    put("animated.gif", "b/4.gif");
    put("rgb.tif", "c/5.tif");
    put("photo.jpg", "val/a/1.jpg");
    Files.createDirectories(root.resolve("train"));
    for (String name : List.of("a", "b", "c")) {
      Files.move(root.resolve(name), root.resolve("train").resolve(name));
    }
    try (Data data = open(Map.of("train", Map.of("folder", "."), "image", SMALL));
        Batches batches = Batches.inOrder(data.train(), 4)) {
      assertThat(data.train().inputs().get(0).spec()).hasToString("(None, 16, 20, 3)");
      assertThat(data.train().targets().get(0).spec()).hasToString("(None, 3)");
      assertThat(data.validation().size()).isEqualTo(1);
      assertThat(data.validation().classes()).containsExactly("a", "b", "c");
      assertThat(data.test()).isNull();
      try (Batch first = batches.next();
          Batch last = batches.next()) {
        assertThat(first.size()).isEqualTo(4);
        assertThat(last.size()).isEqualTo(3);
        assertThat(batches.hasNext()).isFalse();
        float[] labels = Tensors.read(first.targets().get(0));
        assertThat(labels).containsExactly(1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0);
        float[] pixels = Tensors.read(first.inputs().get(0));
        int width = 16 * 20 * 3;
        // rows 0 and 2 are the same photo, row 1 the palette PNG of it
        for (int i = 0; i < width; i++) {
          assertThat(pixels[2 * width + i]).isEqualTo(pixels[i]);
          assertThat(pixels[width + i]).isBetween(pixels[i] - 60, pixels[i] + 60);
        }
      }
    }
  }

  @Test
  void findsBrokenImagesBeforeTraining() throws IOException {
    put("photo.jpg", "a/1.jpg", "b/1.jpg", "b/2.jpg");
    byte[] photo = Files.readAllBytes(FILES.resolve("photo.jpg"));
    Files.write(root.resolve("a/cut.jpg"), java.util.Arrays.copyOf(photo, photo.length / 2));
    Files.writeString(root.resolve("b/page.jpg"), "<html>not found</html>\n");
    Files.write(root.resolve("b/empty.png"), new byte[0]);
    Map<String, Object> data = Map.of("train", Map.of("folder", "."), "image", SMALL);
    assertThatThrownBy(() -> open(data).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("3 of 6 images cannot be read: ")
        .hasMessageContaining("a/cut.jpg: the image is damaged or cut off (")
        .hasMessageContaining(
            "b/empty.png: expected a JPEG, PNG, GIF, BMP, TIFF or PPM, came an empty file. Replace"
                + " the file or remove it.")
        .hasMessageContaining("came text (\"<html>not found</html>\")");
    try (Data opened =
        open(Map.of("train", Map.of("folder", "."), "image", SMALL, "skip_bad", true))) {
      assertThat(opened.train().size()).isEqualTo(3);
      assertThat(said.get(0)).contains("3 of 6 images left out: ");
    }
  }

  @Test
  void knowsPartsFromClasses() throws IOException {
    put("photo.jpg", "v/bus/1.jpg", "v/train/1.jpg");
    Map<String, Object> vehicles = Map.of("train", Map.of("folder", "v"), "image", SMALL);
    try (Data data = open(vehicles)) {
      assertThat(data.train().classes()).containsExactly("bus", "train");
      assertThat(data.validation()).isNull();
    }
    put("photo.jpg", "k/Train/a/1.jpg", "k/Train/b/1.jpg", "k/VAL/a/1.jpg", "k/Testing/7.jpg");
    Map<String, Object> parts = Map.of("train", Map.of("folder", "k"), "image", SMALL);
    try (Data data = open(parts)) {
      assertThat(data.train().classes()).containsExactly("a", "b");
      assertThat(data.validation().size()).isEqualTo(1);
      assertThat(data.test()).isNull();
      assertThat(said)
          .contains(
              root.resolve("k/Testing")
                  + ": not tested on, since its images are not in a folder for each class");
    }
  }

  @Test
  void aLinkToNothingIsABrokenImage() throws IOException {
    put("photo.jpg", "a/1.jpg", "b/1.jpg");
    Files.createSymbolicLink(root.resolve("b/gone.jpg"), root.resolve("nowhere.jpg"));
    Map<String, Object> data = Map.of("train", Map.of("folder", "."), "image", SMALL);
    assertThatThrownBy(() -> open(data).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("1 of 3 images cannot be read: ")
        .hasMessageContaining("b/gone.jpg: no such file. Check the path.");
  }

  @Test
  void saysThatAPictureIsTooNarrowToBePadded() throws IOException {
    put("photo.jpg", "a/1.jpg");
    Files.createDirectories(root.resolve("b"));
    byte[] line = new byte[15 + 300];
    System.arraycopy("P5 1 300 255\n".getBytes(StandardCharsets.US_ASCII), 0, line, 0, 13);
    Files.write(root.resolve("b/line.ppm"), line);
    Map<String, Object> image = Map.of("size", List.of(20, 20), "pad_to_aspect_ratio", true);
    try (Data data = open(Map.of("train", Map.of("folder", "."), "image", image))) {
      assertThatThrownBy(() -> data.train().batch(new int[] {1}, -1))
          .isInstanceOf(DataException.class)
          .hasMessageEndingWith(
              "b/line.ppm: is too long and narrow for pad_to_aspect_ratio, which would leave less"
                  + " than one pixel of its shorter side. Crop or remove it.");
    }
  }

  @Test
  void refusesFoldersThatAreNoClasses() throws IOException {
    assertThatThrownBy(() -> read(Map.of("folder", "none")))
        .isInstanceOf(DataException.class)
        .hasMessage(root.resolve("none") + ": no such folder. Check the path.");
    assertThatThrownBy(() -> read(Map.of("folder", ".")))
        .hasMessageContaining("came neither folders nor images");
    put("photo.jpg", "1.jpg", "2.jpg");
    assertThatThrownBy(() -> read(Map.of("folder", ".")))
        .hasMessageEndingWith(
            ": expected a folder for each class with its images inside, came 2 images and no"
                + " folder. Sort the images into folders, or give a 'csv' of files and labels.");
    put("photo.jpg", "ants/1.jpg");
    assertThatThrownBy(() -> read(Map.of("folder", ".")))
        .hasMessageContaining("expected two classes or more, came only 'ants'.");
    Files.createDirectories(root.resolve("bees"));
    assertThatThrownBy(() -> read(Map.of("folder", ".")))
        .hasMessageEndingWith(
            "bees: the class folder has no images. Put some in, or remove the folder.");
  }

  @Test
  void mustKnowTheClassesOfValidation() throws IOException {
    put("photo.jpg", "t/a/1.jpg", "t/b/1.jpg", "v/b/1.jpg", "v/c/1.jpg");
    assertThatThrownBy(
            () ->
                open(Map.of("train", Map.of("folder", "t"), "validation", Map.of("folder", "v")))
                    .close())
        .hasMessageEndingWith("v: class 'c' is not one of a, b. Remove or rename it.");
  }

  @Test
  void surfacesWhatGoesWrongOnAThread() throws IOException {
    put("photo.jpg", "a/1.jpg", "b/1.jpg", "b/2.jpg");
    try (Data data = open(Map.of("train", Map.of("folder", "."), "image", SMALL))) {
      Files.delete(root.resolve("b/2.jpg"));
      try (Batches batches = Batches.inOrder(data.train(), 2)) {
        batches.next().close();
        assertThatThrownBy(batches::next)
            .isInstanceOf(DataException.class)
            .hasMessageEndingWith("b/2.jpg: no such file. Check the path.");
      }
    }
  }

  @Test
  void picturesOfOneSizeNeedNoSize() throws IOException {
    put("photo.jpg", "a/1.jpg", "b/1.jpg");
    try (Data data = open(Map.of("train", Map.of("folder", ".")));
        Batch batch = data.train().batch(new int[] {0, 1}, -1)) {
      assertThat(batch.inputs().get(0).shape().asArray()).containsExactly(2, 45, 61, 3);
    }
    Files.write(
        root.resolve("b/2.png"),
        java.util.Base64.getDecoder()
            .decode(
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGMAAQAABQABDQottAAAAABJRU5ErkJggg=="));
    try (Data data = open(Map.of("train", Map.of("folder", ".")))) {
      assertThatThrownBy(() -> data.train().batch(new int[] {0, 2}, -1))
          .hasMessageEndingWith(
              "b/2.png: is [1, 1, 3], the first picture of its batch is [45, 61, 3]. Give 'image' a"
                  + " 'size'.");
    }
  }
}
