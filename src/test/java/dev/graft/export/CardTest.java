package dev.graft.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardTest {
  @TempDir Path folder;

  private static Card card() {
    Classifier classifier = new Classifier(Fixtures.CAFFE, List.of("cat", "dög"), Scores.SOFTMAX);
    return new Card(
        Card.Origin.here(
            "{}",
            42,
            Fixtures.SETTINGS,
            Map.of("train", Map.of("folder", "photos", "examples", 400)),
            Map.of("vgg16", "imagenet")),
        Note.of(classifier),
        List.of(Map.of("name", "head", "epochs", 5, "end", "finished")),
        Map.of("val_accuracy", 0.875),
        Map.of());
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Files.writeString(folder.resolve("classes.txt"), "cat\ndög\n");
    Files.createDirectories(folder.resolve("saved_model/1"));
    Files.writeString(folder.resolve("saved_model/1/saved_model.pb"), "x");
    Card sealed = card().sealed(folder, name -> !name.startsWith("checkpoints/"));
    sealed.write(folder);
    Card read = Card.read(folder);
    assertThat(read.config()).isEqualTo(sealed.config());
    assertThat(read.note().classes()).containsExactly("cat", "dög");
    assertThat(read.note().image().config()).isEqualTo(Fixtures.CAFFE.config());
    assertThat(read.config().keySet())
        .containsExactly(
            "graft",
            "recipe_sha256",
            "seed",
            "threads",
            "device",
            "repeats",
            "versions",
            "data",
            "weights",
            "preprocessing",
            "classes",
            "scores",
            "stages",
            "metrics",
            "intervals",
            "limits",
            "files");
    // echo -n x | sha256sum
    assertThat(read.files())
        .containsOnlyKeys("classes.txt", "saved_model/1/saved_model.pb")
        .containsEntry(
            "saved_model/1/saved_model.pb",
            "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
    assertThat(read.changed(folder)).isEmpty();
    Files.writeString(folder.resolve("classes.txt"), "cat\ndog\n");
    assertThat(read.changed(folder)).containsExactly("classes.txt");
  }

  @Test
  void namesTheKeyThatIsNotKnown() throws IOException {
    card().write(folder);
    Path file = folder.resolve("card.json");
    String text = Files.readString(file);
    Files.writeString(file, text.replace("\"seed\"", "\"sed\""));
    assertThatThrownBy(() -> Card.read(folder))
        .isInstanceOf(SettingException.class)
        .hasMessage(file + ": 'seed' is missing.");
    Files.writeString(file, text.replace("\"scores\" : \"softmax\"", "\"scores\" : \"sofmax\""));
    assertThatThrownBy(() -> Card.read(folder))
        .hasMessage(file + ": scores: 'sofmax' is not known. Did you mean 'softmax'?");
  }

  @Test
  void findsTheClassifierInANote() {
    Note silent = Note.read(Config.parse("{\"classes\": [\"a\"]}", "graft.json"));
    assertThat(silent.classifier(Fixtures.pictures(1, "sigmoid"))).isEmpty();
    Note told = new Note(Fixtures.CAFFE, List.of("a", "b"), null, null);
    assertThat(told.classifier(Fixtures.pictures(2, "softmax")))
        .hasValueSatisfying(c -> assertThat(c.scores()).isEqualTo(Scores.PROBABILITIES));
    assertThat(told.classifier(Fixtures.pictures(2, "linear"))).isEmpty();
  }
}
