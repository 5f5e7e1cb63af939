package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.data.Preprocessing;
import dev.graft.export.Classifier;
import dev.graft.export.Note;
import dev.graft.export.Scores;
import dev.graft.keras.KerasWriter;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft serve} and {@code graft verify} on a Keras file. */
class ServeCommandTest {
  @TempDir static Path folder;
  private static Path file;

  @BeforeAll
  static void write() {
    Layers layers = Layers.standard();
    Model model =
        Surgery.sequential(
            "tiny",
            new InputLayer(Spec.floats(-1, 8, 8, 3)),
            List.of(
                Surgery.Named.of(layers.read("Flatten", Config.of(Map.of(), "layer"))),
                Surgery.Named.of(
                    layers.read(
                        "Dense",
                        Config.of(Map.of("units", 2, "activation", "softmax"), "layer")))));
    file = folder.resolve("tiny.keras");
    Preprocessing image = Preprocessing.none().sized(8, 8, Preprocessing.Color.RGB);
    try (Network network = Network.forInference(model, Settings.standard())) {
      network.initialize(1);
      Note note =
          Note.of(new Classifier(image, List.of("a", "b"), Scores.PROBABILITIES))
              .checked(network, List.of());
      KerasWriter.keras(file, new KerasWriter.Contents(model, network, null, null, note.config()));
    }
  }

  @Test
  @Timeout(60)
  void servesUntilItIsInterrupted() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Interrupt interrupt = new Interrupt();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            Map.of(),
            interrupt);
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> new Main(console).run("serve", file.toString(), "--port", "0"));
    while (!out.toString(StandardCharsets.UTF_8).contains(":predict")) {
      assertThat(code).isNotDone();
      TimeUnit.MILLISECONDS.sleep(50);
    }
    String model = out.toString(StandardCharsets.UTF_8).lines().skip(1).findFirst().orElseThrow();
    URI uri = URI.create(model.replace("Clients ask ", ""));
    assertThat(uri.getPath()).isEqualTo("/v1/models/tiny:predict");
    String row = "[" + "[0.5, 0.25, 1],".repeat(7) + "[0, 0, 0]]";
    String body = "{\"instances\": [[" + (row + ",").repeat(7) + row + "]]}";
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(Config.parse(answer.body(), "answer").get("predictions").items().get(0).numbers())
        .hasSize(2);
    interrupt.ask();
    assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(130);
    interrupt.done();
  }

  @Test
  void verifiesAKerasFile() {
    Cli.Outcome good = Cli.graft("verify", file.toString());
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(good.out()).startsWith(file + " dense: ok, largest difference ");
    Cli.Outcome json = Cli.graft("verify", file.toString(), "--json");
    assertThat(Config.parse(json.out(), "verify").items().get(0).flag("ok")).isTrue();
    Cli.Outcome none = Cli.graft("verify", folder.resolve("none.h5").toString());
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.error()).contains("there is no such file or folder");
  }

  @Test
  void refusesAPortThatIsNone() {
    Cli.Outcome outcome = Cli.graft("serve", file.toString(), "--port", "70000");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error()).contains("--port: expected 0 to 65535, came 70000.");
  }
}
