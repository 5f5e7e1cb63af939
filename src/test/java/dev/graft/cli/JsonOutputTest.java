package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With {@code --json} every command prints one JSON document to standard output, no more. */
class JsonOutputTest {
  @TempDir static Path folder;

  /** A line of words for each command; {@code @} stands for the folder. */
  private static final Map<String, List<String>> LINES = lines();

  /** What these print is read by shells, or comes from Spark. */
  private static final Set<String> FOR_SHELLS = Set.of("completion", "spark-features");

  private static Map<String, List<String>> lines() {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    lines.put("train", List.of("train @/first.json --out @/second"));
    lines.put("inspect", List.of("inspect @/run/model.h5", "inspect @/run/saved_model"));
    lines.put("summary", List.of("summary @/run"));
    lines.put("evaluate", List.of("evaluate @/run --data @/photos"));
    lines.put(
        "predict",
        List.of(
            "predict @/run @/photos/Coat",
            "predict @/run @/x.npy",
            "predict @/run @/x.npy --out @/p.npy",
            "predict @/run @/photos/Coat --out @/p.csv",
            "predict @/run @/photos/Coat --out @/q.npy",
            "predict @/run @/x.npy --out @/s.npy --mc-samples 2"));
    lines.put("explain", List.of("explain @/run @/photos/Coat/Coat.png --out @/explained"));
    lines.put("runs", List.of("runs @"));
    lines.put("compare", List.of("compare @/run @/second --out @/compared.html"));
    lines.put("export", List.of("export @/run --as keras,h5 --out @/exported"));
    lines.put("convert", List.of("convert @/run/model.h5 --as keras --out @/converted.keras"));
    lines.put("verify", List.of("verify @/run"));
    lines.put(
        "advise", List.of("advise --data fashion-mnist-sample --trunk @/run/model.h5 --sample 60"));
    lines.put("cache", List.of("cache list", "cache clear"));
    lines.put(
        "features",
        List.of(
            "features @/run --at flatten --data @/photos/Coat --out @/f.npy",
            "features @/run --at flatten --data @/photos/Coat --out @/g.npy --shard 0/1",
            "features @/run --at flatten --data @/photos/Coat --out @/g.npy --merge"));
    lines.put(
        "preview",
        List.of("preview --data @/photos/Coat --augment {\"horizontal_flip\":true} --out @/p.png"));
    lines.put("weights", List.of("weights list vgg16", "weights where vgg16"));
    lines.put("data", List.of("data list", "data where fashion-mnist"));
    lines.put("doctor", List.of("doctor --device cpu"));
    lines.put("help", List.of("help", "help train"));
    return lines;
  }

  @BeforeAll
  static void train() {
    assertThat(FirstStart.all(folder)).isEmpty();
  }

  private static Cli.Outcome run(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
    words.replaceAll(word -> word.replace("@", folder.toString()));
    words.add("--json");
    return Cli.at(folder.resolve("home"), words.toArray(String[]::new));
  }

  @Test
  void everyCommandKnowsJson() {
    List<Config> all = Config.parse(run("help").out(), "help").items();
    assertThat(all).hasSizeGreaterThan(18);
    for (Config command : all) {
      String name = command.string("name");
      // serve has a test of its own.
      if (!FOR_SHELLS.contains(name) && !name.equals("serve")) {
        assertThat(LINES).containsKey(name);
      }
      if (!FOR_SHELLS.contains(name)) {
        assertThat(command.get("options").items())
            .as(name)
            .extracting(option -> option.string("name"))
            .contains("--json");
      }
    }
  }

  @Test
  void whatIsPrintedIsOneDocument() {
    LINES.forEach(
        (name, lines) -> {
          for (String line : lines) {
            Cli.Outcome outcome = run(line);
            // Where something lies that does not is told with code 2, in JSON all the same.
            int expected = line.contains(" where ") ? 2 : 0;
            assertThat(outcome.code()).as(line + ": " + outcome.err()).isIn(0, expected);
            Config.parse(outcome.out(), line);
          }
        });
    assertThat(folder.resolve("p.npy")).isNotEmptyFile();
    assertThat(folder.resolve("p.png")).isNotEmptyFile();
  }

  @Test
  void whatTrainingAndExportSayIsTrue() throws Exception {
    Config trained = Config.parse(run("train @/first.json --out @/third").out(), "train");
    assertThat(trained.string("run")).isEqualTo(folder.resolve("third").toString());
    assertThat(trained.get("best").number("val_accuracy")).isBetween(0.0, 1.0);
    Config exported = Config.parse(run("export @/third --as h5 --out @/t.h5").out(), "export");
    assertThat(Path.of(exported.string("h5"))).isNotEmptyFile();
    Config made =
        Config.parse(
            run("features @/third --at flatten --data @/photos/Coat --out @/t.npy").out(),
            "features");
    assertThat(made.integer("rows")).isEqualTo(1);
    assertThat(Files.size(Path.of(made.string("features")))).isGreaterThan(128);
  }

  @Test
  @Timeout(60)
  void serveSaysWhereItListensOnceItDoes() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    Interrupt interrupt = new Interrupt();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8), nowhere, Map.of(), interrupt);
    String model = folder.resolve("run/model.keras").toString();
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> new Main(console).run("serve", model, "--port", "0", "--json"));
    while (!out.toString(StandardCharsets.UTF_8).endsWith("}\n")) {
      assertThat(code).isNotDone();
      TimeUnit.MILLISECONDS.sleep(50);
    }
    Config said = Config.parse(out.toString(StandardCharsets.UTF_8), "serve");
    assertThat(said.string("predict")).startsWith("http://127.0.0.1:").endsWith("model:predict");
    interrupt.ask();
    assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(130);
    interrupt.done();
  }
}
