package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.recipe.EndedStages.Ended;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndedStagesTest {
  @TempDir Path folder;

  @Test
  void figuresOfEarlierStagesAreKept() {
    EndedStages stages = new EndedStages(folder.resolve("stages.json"));
    assertThat(stages.before(3)).isEmpty();
    Ended first = new Ended(1.5, Map.of("test_loss", 0.25, "test_accuracy", Double.NaN));
    stages.add(0, first);
    stages.add(1, new Ended(2, Map.of()));
    assertThat(stages.before(1)).containsExactly(Map.entry(0, first));
    // A stage that is run again replaces what it was, and what came after it.
    stages.add(0, new Ended(3, Map.of()));
    assertThat(stages.before(5)).containsExactly(Map.entry(0, new Ended(3, Map.of())));
  }
}
