package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.keras.KerasWriter;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import dev.graft.layers.WeightStore;
import dev.graft.progress.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file cannot hold is known before the network is trained. */
class ExportsKnownTest {
  @TempDir Path folder;

  private Lab lab;
  private Map<String, Object> recipe;

  /** A network with a function that Keras 3 has not. */
  @BeforeEach
  void file() {
    lab = new Lab(folder);
    Net net = new Net("old");
    Ref x = net.input("x", -1, 6, 6, 1);
    Config function = Config.of(Map.of("function", "nn.space_to_depth"), "blocks");
    Layer blocks = Layers.standard().read("TFOpLambda", function);
    Model model =
        net.model(net.put(new Model.Entry("blocks", true, blocks), Map.of("block_size", 2), x));
    Path file = folder.resolve("old.h5");
    KerasWriter.wholeH5(file, KerasWriter.Contents.of(model, WeightStore.of(Map.of())));
    recipe =
        lab.recipe(
            "[]",
            """
            [{"optimizer": "sgd", "loss": "sparse_categorical_crossentropy", "epochs": 1}]
            """);
    recipe.put(
        "model",
        Config.parse(
                """
                {"load": "old.h5",
                 "head": ["Flatten", {"Dense": {"units": "classes", "activation": "softmax"}}]}
                """,
                "model")
            .plain());
  }

  @Test
  void whatNobodyAskedForIsLeftOutAndSaid() {
    recipe.remove("export");
    try (Recipe read = lab.read(recipe)) {
      assertThat(read.exports()).containsExactly("saved-model", "h5");
    }
    assertThat(lab.heard)
        .contains(
            new Progress.Message(
                "keras is left out: layer 'blocks' (TFOpLambda) is tf_keras's function"
                    + " 'nn.space_to_depth', which Keras 3 does not read. Write a whole-model"
                    + " .h5."));
  }

  @Test
  void whatWasAskedForIsRefused() {
    recipe.put("export", List.of("h5", "keras"));
    assertThatThrownBy(() -> lab.read(recipe))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("export: keras: layer 'blocks'")
        .hasMessageContaining("Leave it out here.");
  }
}
