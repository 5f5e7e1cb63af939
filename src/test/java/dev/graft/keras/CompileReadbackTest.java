package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.RealKeras;
import dev.graft.config.Json;
import dev.graft.files.AtomicFiles;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A {@code .h5} opens compiled, as {@code load_model} does it when nothing else is said. */
@Tag("python")
class CompileReadbackTest {
  @TempDir Path folder;
  private int cases;

  private static final Model ONE = model("one", "a");
  private static final Model TWO = model("two", "a", "b");

  /** An output of two classes under each name. */
  private static Model model(String name, String... outputs) {
    Net net = new Net(name);
    Ref x = net.input("x", -1, 3);
    Map<String, Object> dense = Map.of("units", 2, "activation", "softmax");
    return net.model(
        Stream.of(outputs).map(out -> net.layer(out, "Dense", dense, x)).toArray(Ref[]::new));
  }

  private void write(
      Model model, String optimizer, Map<String, Object> settings, Object loss, Object metrics) {
    CompileSettings compile = new CompileSettings(optimizer, settings, loss, metrics, null, null);
    Path file = folder.resolve(cases++ + "-" + optimizer + ".h5");
    KerasWriter.wholeH5(
        file, new KerasWriter.Contents(model, Nets.store(model, 3), compile, null, null));
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("optimizer", optimizer);
    expected.put(
        "learning_rate", settings.get("learning_rate") instanceof Double rate ? rate : 0.5);
    expected.put("keras3", !CompileWriter.newer(compile, false));
    AtomicFiles.string(
        folder.resolve(file.getFileName().toString().replace(".h5", ".json")),
        Json.compact(expected));
  }

  @Test
  void bothKerasesCompileWhatGraftWrote() throws IOException, InterruptedException {
    Map<String, Object> rate = Map.of("learning_rate", 0.01);
    Map<String, Object> decay =
        Map.of(
            "class_name",
            "ExponentialDecay",
            "config",
            Map.of("initial_learning_rate", 0.5, "decay_steps", 10, "decay_rate", 0.9));
    for (String name :
        List.of("SGD", "RMSprop", "Adam", "Adadelta", "Adagrad", "Adamax", "Ftrl", "Nadam")) {
      write(ONE, name, rate, "categorical_crossentropy", List.of("accuracy"));
    }
    write(ONE, "SGD", Map.of("learning_rate", decay, "momentum", 0.9), "mse", List.of("mae"));
    write(
        ONE,
        "Adam",
        Map.of("learning_rate", 0.01, "clipnorm", 1.0, "use_ema", false, "ema_momentum", 0.99),
        Map.of("class_name", "CategoricalCrossentropy", "config", Map.of("label_smoothing", 0.1)),
        List.of("acc", Map.of("class_name", "AUC", "config", Map.of("name", "auc"))));
    write(ONE, "AdamW", Map.of("learning_rate", 0.01, "weight_decay", 0.004), "bce", null);
    write(ONE, "Adam", Map.of("learning_rate", 0.01, "weight_decay", 0.004), "kld", null);
    for (String loss : List.of("mae", "mape", "msle", "huber_loss", "logcosh", "MSE")) {
      write(ONE, "SGD", rate, loss, null);
    }
    write(TWO, "Adam", rate, Map.of("a", "mse", "b", "categorical_crossentropy"), null);
    write(TWO, "Adam", rate, List.of("mse", "mae"), Map.of("a", List.of("accuracy")));
    String said = RealKeras.run("tools/readback/compile_check.py", folder.toString());
    assertThat(said.lines().filter(line -> line.contains(": trained, ")))
        .as(said)
        .hasSize(2 * cases - 3);
    assertThat(said).contains(" in keras: opens with compile=False");
  }
}
