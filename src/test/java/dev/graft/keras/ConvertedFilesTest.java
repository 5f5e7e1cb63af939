package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.RealKeras;
import dev.graft.config.Json;
import dev.graft.error.UnsupportedException;
import dev.graft.files.AtomicFiles;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.WeightStore;
import dev.graft.network.Network;
import dev.graft.runtime.NpyTensors;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** Old files by others, converted: Keras 3 opens what came, and computes what the old one did. */
@Tag("python")
class ConvertedFilesTest {
  private static final Path ARCHIVE = Path.of("../shared/keras-files/keras-files.tar");
  private static final int OPEN = 9;

  @TempDir Path folder;

  @Test
  void keras3ComputesWhatTheOldFilesComputed() throws Exception {
    assumeTrue(Files.exists(ARCHIVE), ARCHIVE + " is not here");
    Path old = Files.createDirectory(folder.resolve("old"));
    Path made = Files.createDirectory(folder.resolve("made"));
    new ProcessBuilder("tar", "-xf", ARCHIVE.toString(), "-C", old.toString()).start().waitFor();
    int converted = 0;
    int refused = 0;
    for (Path file : files(old)) {
      try {
        convert(old, file, made.resolve(String.format("%03d", converted)).toString());
        converted++;
      } catch (UnsupportedException e) {
        // Its Python code is not run.
        assertThat(e).hasMessageContaining("Lambda");
        refused++;
      }
    }
    assertThat(refused).isEqualTo(3);
    assertThat(converted).isEqualTo(136);
    String said = RealKeras.run("tools/readback/converted_check.py", made.toString());
    said.lines().filter(line -> line.matches(".*: \\d+")).forEach(System.out::println);
    assertThat(said).contains("\n0 wrong");
  }

  private static List<Path> files(Path old) throws IOException {
    try (Stream<Path> all = Files.walk(old)) {
      return all.filter(file -> file.toString().matches(".*\\.(h5|hdf5)"))
          .filter(file -> !file.toString().contains("_inputs_and_outputs"))
          .sorted()
          .toList();
    }
  }

  private static void convert(Path old, Path file, String made) {
    Model model = KerasFile.open(file, Layers.standard()).model();
    try (WeightFile weights = WeightFile.open(file);
        Network network = Network.forInference(model, Settings.standard())) {
      WeightStore store = WeightMatch.of(model, weights, LoadOptions.strict()).store(null);
      KerasWriter.Contents contents = KerasWriter.Contents.of(model, store);
      KerasWriter.keras(Path.of(made + ".keras"), contents);
      KerasWriter.wholeH5(Path.of(made + ".h5"), contents);
      network.assign(store);
      run(network, made);
    }
    String group = old.relativize(file).getName(0).toString();
    AtomicFiles.string(
        Path.of(made + ".case.json"),
        Json.compact(Map.of("original", file.toString(), "group", group)));
  }

  private static void run(Network network, String made) {
    dev.graft.network.Path path = network.inference();
    List<Tensor> inputs = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(11);
    try {
      for (Ref ref : path.from()) {
        NpyArray input = draw(network.model().specs().get(ref), random);
        NpyWriter.save(Path.of(made + ".input." + inputs.size() + ".npy"), input);
        int i = inputs.size();
        inputs.add(NpyTensors.of(input, path.feeds().get(i).asOutput().dataType()));
      }
      try (Result result = network.run(path, inputs)) {
        for (int i = 0; i < result.size(); i++) {
          NpyWriter.save(Path.of(made + ".output." + i + ".npy"), NpyTensors.read(result.get(i)));
        }
      }
    } finally {
      inputs.forEach(Tensor::close);
    }
  }

  /** Numbers from 0 to 1; whole ones are 0 and 1. */
  private static NpyArray draw(Spec spec, SplittableRandom random) {
    long[] shape = spec.shape().asArray();
    shape[0] = shape[0] > 0 ? shape[0] : 2;
    int count = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] < 0 ? OPEN : shape[i];
      count *= (int) shape[i];
    }
    if (!spec.dtype().floating()) {
      return NpyArray.of(shape, random.ints(count, 0, 2).toArray());
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble();
    }
    return NpyArray.of(shape, values);
  }
}
