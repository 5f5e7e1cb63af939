package dev.graft.cli;

import dev.graft.files.AtomicFiles;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.files.ScratchFolder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * The usual commands, once, on something small: the launcher lets Java keep the classes that this
 * takes in a class-data archive, from which every later start has them.
 *
 * <p>Says nothing and leaves nothing behind. A command that fails is passed over: then the archive
 * lacks its classes, and that command starts a little later.
 */
final class FirstStart {
  private static final int SIDE = 28;
  private static final long[] SHAPE = {1, SIDE, SIDE, 1};
  private static final String RECIPE =
      """
      {
        "graft": 1,
        "name": "first",
        "model": {
          "layers": [
            {"Conv2D": {"filters": 4, "kernel_size": 3, "activation": "relu"}},
            "BatchNormalization",
            "MaxPooling2D",
            "Flatten",
            {"Dropout": {"rate": 0.5}},
            {"Dense": {"units": "classes", "activation": "softmax"}}
          ]
        },
        "data": {
          "train": {"dataset": "fashion-mnist-sample", "part": "train", "take": 64},
          "validation": {"dataset": "fashion-mnist-sample", "part": "test", "take": 32},
          "image": {"size": [28, 28], "color": "grayscale", "rescale": "1/255"}
        },
        "stages": [
          {
            "optimizer": {"Adam": {"learning_rate": 1e-3}},
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"],
            "epochs": 2,
            "batch_size": 32
          }
        ],
        "export": ["saved-model", "keras", "h5"]
      }
      """;

  private FirstStart() {}

  /** Runs them all and ends the process. */
  public static void main(String[] arguments) {
    try (ScratchFolder scratch = ScratchFolder.create()) {
      all(scratch.path());
    }
    Runtime.getRuntime().halt(0);
  }

  /** Runs them all below {@code folder}; those that failed, with what they said. */
  static List<String> all(Path folder) {
    String recipe = folder.resolve("first.json").toString();
    String photos = folder.resolve("photos/Coat").toString();
    String array = folder.resolve("x.npy").toString();
    String run = folder.resolve("run").toString();
    AtomicFiles.string(Path.of(recipe), RECIPE);
    NpyWriter.save(Path.of(array), NpyArray.of(SHAPE, new float[SIDE * SIDE]));
    picture(Path.of(photos, "Coat.png"));
    String[][] commands = {
      {"help", "train"},
      {"train", recipe, "--out", run},
      {"predict", run, photos},
      {"predict", run, photos, "--json"},
      {"predict", run + "/model.h5", array, "--out", folder + "/a.npy"},
      {"predict", run + "/model.keras", array, "--out", folder + "/b.npy"},
      {"evaluate", run, "--data", folder + "/photos"},
      {"inspect", run + "/model.h5"},
      {"summary", "vgg16"},
      {"doctor", "--device", "cpu"},
    };
    List<String> failed = new ArrayList<>();
    for (String[] command : commands) {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      if (run(folder, said, command) != 0) {
        failed.add(String.join(" ", command) + ": " + said.toString(StandardCharsets.UTF_8));
      }
    }
    return failed;
  }

  private static int run(Path folder, OutputStream said, String... command) {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    Map<String, String> environment =
        Map.of("CI", "true", "GRAFT_HOME", folder.resolve("home").toString());
    Interrupt interrupt = new Interrupt();
    int code = new Main(new Console(out, out, environment, interrupt)).run(command);
    interrupt.done();
    return code;
  }

  private static void picture(Path file) {
    try {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
