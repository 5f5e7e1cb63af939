package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Advice on small photos, with the trunk that the quickstart cuts off. */
class AdviseCommandTest {
  private static final Path PHOTOS = Path.of("src/test/resources/goldens/frozen/photos");

  @TempDir Path folder;

  private Path trunk() {
    Path run = folder.resolve("trunk");
    if (!Files.exists(run)) {
      Cli.Outcome trained =
          Cli.graft(
              "train",
              "graphs/quickstart.json",
              "--set",
              "data.train.take=64",
              "--set",
              "data.validation.take=32",
              "--set",
              "stages.0.epochs=1",
              "--out",
              run.toString());
      assertThat(trained.code()).as(trained.err()).isZero();
    }
    return run.resolve("model.h5");
  }

  @Test
  void photosThatColoursTellApartGetARecipeThatRuns() {
    Path out = folder.resolve("recipe.json");
    Cli.Outcome said =
        Cli.graft(
            "advise",
            "--data",
            PHOTOS.toString(),
            "--trunk",
            trunk().toString(),
            "--out",
            out.toString(),
            "--json");
    assertThat(said.code()).as(said.err()).isZero();
    Config json = Config.parse(said.out(), "advise");
    assertThat(json.integer("examples")).isEqualTo(40);
    assertThat(json.flag("learnable")).isTrue();
    assertThat(json.get("probes").items()).hasSizeGreaterThan(3);
    assertThat(json.get("probes").items().get(0).number("accuracy")).isGreaterThan(0.9);
    Cli.Outcome trained =
        Cli.graft("train", out.toString(), "--set", "stages.0.epochs=1", "--out", folder + "/run");
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  @Test
  void randomLabelsGetNoRecipe() throws IOException {
    List<Path> files;
    try (var all = Files.walk(PHOTOS)) {
      files = new ArrayList<>(all.filter(f -> f.toString().endsWith(".jpg")).sorted().toList());
    }
    Collections.shuffle(files, new Random(5));
    StringBuilder csv = new StringBuilder("file,label\n");
    for (int i = 0; i < files.size(); i++) {
      csv.append(files.get(i).toAbsolutePath()).append(i % 2 == 0 ? ",a\n" : ",b\n");
    }
    Path table = folder.resolve("random.csv");
    Files.writeString(table, csv);
    Path out = folder.resolve("recipe.json");
    Cli.Outcome said =
        Cli.graft(
            "advise",
            "--data",
            table.toString(),
            "--trunk",
            trunk().toString(),
            "--out",
            out.toString());
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains("the labels look random").contains("no recipe");
    assertThat(out).doesNotExist();
  }

  @Test
  void mistakesAreNamed() {
    assertThat(Cli.graft("advise").error()).contains("advise: expected --data");
    assertThat(Cli.graft("advise", "--data", "x", "--sample", "3").error())
        .contains("--sample: expected at least 20, came 3");
  }
}
