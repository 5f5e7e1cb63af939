package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import dev.graft.files.NpyWriter;
import dev.graft.keras.KerasWriter;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code graft export}: what is asked for is written, and what goes wrong leaves nothing. */
class ExportCommandTest {
  private static final String[] KINDS = {
    "saved-model", "keras", "h5", "weights-h5", "weights-v3", "json", "graphdef"
  };

  @TempDir static Path folder;
  private static String file;
  private static Path x;
  private static float[] y;

  @BeforeAll
  static void write() {
    Model model =
        Surgery.sequential(
            "tiny",
            new InputLayer(Spec.floats(-1, 8, 8, 3)),
            List.of(
                layer("Conv2D", Map.of("filters", 40, "kernel_size", 3, "use_bias", false)),
                layer("BatchNormalization", Map.of()),
                layer("DepthwiseConv2D", Map.of("kernel_size", 3)),
                layer("BatchNormalization", Map.of()),
                layer("Flatten", Map.of()),
                layer("Dense", Map.of("units", 10, "activation", "softmax"))));
    file = folder.resolve("tiny.h5").toString();
    float[] values = new float[3 * 8 * 8 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 37 % 101 / 101f;
    }
    x = folder.resolve("x.npy");
    NpyWriter.save(x, NpyArray.of(new long[] {3, 8, 8, 3}, values));
    try (Network network = Network.forInference(model, Settings.standard())) {
      network.initialize(1);
      network.assign("batch_normalization/moving_variance", filled(40, 0.3f));
      network.assign("batch_normalization/moving_mean", filled(40, 0.2f));
      network.assign("batch_normalization_1/gamma", filled(40, 1.7f));
      KerasWriter.wholeH5(Path.of(file), KerasWriter.Contents.of(model, network));
    }
    y = predict(file);
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    java.util.Arrays.fill(values, value);
    return values;
  }

  private static Surgery.Named layer(String name, Map<String, Object> config) {
    return Surgery.Named.of(Layers.standard().read(name, Config.of(config, "layer")));
  }

  private static float[] predict(String model) {
    Path out = Path.of(folder.resolve("y").toString() + System.nanoTime() + ".npy");
    Cli.Outcome outcome = Cli.graft("predict", model, x.toString(), "--out", out.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    try (NpyFile npy = NpyFile.open(out)) {
      return npy.array().floats();
    }
  }

  private static Cli.Outcome export(String... arguments) {
    return Cli.graft(
        Stream.concat(Stream.of("export", file), Stream.of(arguments)).toArray(String[]::new));
  }

  private static double off(float[] given) {
    assertThat(given).hasSameSizeAs(y);
    double off = 0;
    for (int i = 0; i < y.length; i++) {
      off = Math.max(off, Math.abs(given[i] - y[i]));
    }
    return off;
  }

  @Test
  void everyKindAtOnceAndEachIsTheSameNetwork() {
    Path out = folder.resolve("all");
    Cli.Outcome outcome = export("--as", String.join(",", KINDS), "--out", out.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines()).hasSize(KINDS.length);
    for (String model : List.of("saved_model", "model.keras", "model.h5", "model.pb")) {
      assertThat(off(predict(out.resolve(model).toString()))).as(model).isLessThan(1e-6);
    }
    Cli.Outcome weights =
        Cli.graft(
            "summary",
            out.resolve("architecture.json").toString(),
            "--weights",
            out.resolve("weights.h5").toString());
    assertThat(weights.code()).as(weights.err()).isZero();
  }

  @Test
  void frozenFoldedAndIn16BitsItIsStillTheSame() {
    Path frozen = folder.resolve("frozen");
    String[] options = {"--as", "saved-model", "--freeze", "--out", frozen.toString()};
    assertThat(export(options).code()).isZero();
    assertThat(frozen.resolve("variables")).doesNotExist();
    assertThat(off(predict(frozen.toString()))).isBetween(0.0, 1e-6);
    Path small = folder.resolve("small");
    Cli.Outcome outcome =
        export("--as", "saved-model", "--precision", "bfloat16", "--out", small.toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(off(predict(small.toString()))).isBetween(1e-7, 1e-2);
    Cli.Outcome verified = Cli.graft("verify", small.toString());
    assertThat(verified.code()).as(verified.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--as keras --precision float16|--precision: it concerns saved-model and graphdef, which",
        "--as saved-model --precision half|--precision: expected float32, bfloat16 or float16",
        "--as h5 --freeze|--freeze: it concerns saved-model and graphdef",
        "--as saved-model --features conv|model 'tiny' has no layer 'conv'. Did you mean 'conv2d'?",
        "--as savedmodel|--as savedmodel: there is no such kind. Did you mean 'saved-model'?",
        "--as saved-model --version 0|--version: expected a number of at least 1, came 0.",
      })
  void mistakesAreSaidAndNothingIsWritten(String given) {
    String[] parts = given.split("\\|", -1);
    Path out = folder.resolve("mistake");
    List<String> arguments = new ArrayList<>(List.of(parts[0].split(" ", -1)));
    arguments.addAll(List.of("--out", out.toString()));
    Cli.Outcome outcome = export(arguments.toArray(String[]::new));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error()).contains(parts[1]);
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"saved-model", "keras", "h5", "weights-h5", "weights-v3", "json", "graphdef"})
  void whatIsThereIsNotOverwritten(String kind) throws IOException {
    Path out = Files.createTempFile(folder, "there", kind.equals("graphdef") ? ".pb" : "");
    Files.writeString(out, "mine");
    Cli.Outcome outcome = export("--as", kind, "--out", out.toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error()).contains(out + " is there already. Remove it");
    assertThat(out).hasContent("mine");
  }

  @Test
  void aVersionThatIsThereIsNotOverwritten() {
    Path out = folder.resolve("flowers");
    String[] first = {"--as", "saved-model", "--version", "1", "--out", out.toString()};
    assertThat(export(first).code()).isZero();
    Cli.Outcome again = export(first);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.error()).contains("is there already. Choose another version");
    first[3] = "2";
    assertThat(export(first).code()).isZero();
    assertThat(out.resolve("2/saved_model.pb")).exists();
  }

  @Test
  void aLambdaIsRefusedByName() throws IOException {
    Path json = folder.resolve("lambda.json");
    Files.writeString(
        json,
        """
        {"class_name": "Sequential", "config": {"name": "s", "layers": [
          {"class_name": "Lambda", "config": {"name": "twice", "batch_input_shape": [null, 4],
           "function": ["4wEAAAA=", null, null], "function_type": "lambda"}}]},
         "keras_version": "2.4.0", "backend": "tensorflow"}
        """);
    Path out = folder.resolve("lambda");
    Cli.Outcome outcome =
        Cli.graft("export", json.toString(), "--as", "keras", "--out", out.toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error())
        .contains("layer 'twice' (Lambda): a Lambda holds Python code, which Graft does not run.");
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"saved-model", "keras", "h5", "graphdef"})
  void aFullDiskLeavesNothing(String kind) throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/bin/sh")), "no /bin/sh here");
    Path into = Files.createTempDirectory(folder, "full");
    Path out = into.resolve(kind.equals("graphdef") ? "x.pb" : "x");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    // Blocks of 512 bytes: less than the weights take.
    List<String> command =
        List.of(
            "/bin/sh",
            "-c",
            "ulimit -f 20; exec \"$@\"",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "export",
            file,
            "--as",
            kind,
            "--out",
            out.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(errors.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(errors);
    assertThat(process.exitValue()).as(said).isEqualTo(2);
    assertThat(said.lines().filter(line -> line.startsWith("graft: ")))
        .containsExactly(
            "graft: "
                + out
                + ": the file grows larger than is allowed here. Raise the limit (ulimit -f) or"
                + " choose another disk.");
    assertThat(into).isEmptyDirectory();
  }
}
