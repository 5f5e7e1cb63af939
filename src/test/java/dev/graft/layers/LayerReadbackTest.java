package dev.graft.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.RealKeras;
import dev.graft.config.Json;
import dev.graft.error.UnsupportedException;
import dev.graft.files.AtomicFiles;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.keras.KerasWriter;
import dev.graft.network.Network;
import dev.graft.runtime.NpyTensors;
import dev.graft.runtime.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** Every golden's layer as a network of its own: real Keras opens it and computes the same. */
@Tag("python")
class LayerReadbackTest {
  /** Files of both kinds in both Kerases; what they cannot open is listed in the script. */
  private static final int OPENED = 1_000;

  @TempDir Path folder;

  @Test
  void bothKerasesOpenEveryLayer() throws Exception {
    int written = 0;
    // All of them take long; a pattern picks some.
    String wanted = System.getProperty("graft.layers");
    for (String generation : List.of("keras3", "tf_keras")) {
      for (Path file : GoldenCase.all(generation)) {
        if (wanted == null || file.getFileName().toString().matches(wanted)) {
          write(folder, generation, GoldenCase.read(file), file);
          written++;
        }
      }
    }
    String said = RealKeras.run("tools/readback/layers_check.py", folder.toString());
    assertThat(said).contains(written + " layers").contains(" 0 wrong");
    String opened = said.replaceFirst("(?s).* layers, (\\d+) files opened.*", "$1").strip();
    assertThat(Integer.parseInt(opened)).isGreaterThanOrEqualTo(wanted == null ? OPENED : 1);
  }

  private static void write(Path folder, String generation, GoldenCase golden, Path file) {
    String name = generation + "." + file.getFileName().toString().replace(".npz", "");
    Model model = model(golden);
    Map<String, float[]> weights = new LinkedHashMap<>();
    List<Model.Variable> variables = model.variables();
    for (int i = 0; i < variables.size(); i++) {
      weights.put(variables.get(i).name(), golden.array("w" + i).floats());
    }
    KerasWriter.Contents contents = KerasWriter.Contents.of(model, WeightStore.of(weights));
    Map<String, String> refused = new LinkedHashMap<>();
    attempt(refused, "h5", () -> KerasWriter.wholeH5(folder.resolve(name + ".h5"), contents));
    attempt(refused, "keras", () -> KerasWriter.keras(folder.resolve(name + ".keras"), contents));
    predict(folder, name, golden, model, weights);
    AtomicFiles.string(folder.resolve(name + ".case.json"), Json.compact(refused));
  }

  private static void attempt(Map<String, String> refused, String kind, Runnable write) {
    try {
      write.run();
    } catch (UnsupportedException e) {
      refused.put(kind, e.getMessage());
    }
  }

  private static Model model(GoldenCase golden) {
    Net net = new Net("net");
    Ref[] inputs = new Ref[golden.inputs()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = net.input("in" + i, golden.specs().get(i));
    }
    Model.Entry tried = new Model.Entry("tried", golden.trainable(), golden.layer());
    net.put(tried, golden.arguments(), inputs);
    Ref[] outputs = new Ref[golden.outputs()];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = new Ref("tried", 0, i);
    }
    return net.model(outputs);
  }

  private static void predict(
      Path folder, String name, GoldenCase golden, Model model, Map<String, float[]> weights) {
    try (Network network = Network.forInference(model, Settings.standard())) {
      network.assign(WeightStore.of(weights));
      dev.graft.network.Path path = network.inference();
      List<Tensor> inputs = new ArrayList<>();
      for (int i = 0; i < golden.inputs(); i++) {
        NpyArray in = golden.array("in" + i);
        NpyWriter.save(folder.resolve(name + ".input." + i + ".npy"), in);
        inputs.add(NpyTensors.of(in, path.feeds().get(i).asOutput().dataType()));
      }
      try (Result result = network.run(path, inputs)) {
        for (int i = 0; i < result.size(); i++) {
          NpyWriter.save(
              folder.resolve(name + ".output." + i + ".npy"), NpyTensors.read(result.get(i)));
        }
      } finally {
        inputs.forEach(Tensor::close);
      }
    }
  }
}
