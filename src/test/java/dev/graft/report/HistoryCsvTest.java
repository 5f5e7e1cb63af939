package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.train.History;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryCsvTest {
  @TempDir Path folder;

  @Test
  void oneLineAnEpoch() throws Exception {
    History history = new History();
    Map<String, Double> first = new LinkedHashMap<>();
    first.put("loss", 0.5);
    first.put("learning_rate", 1e-4);
    history.add(new History.Epoch("head, \"big\"", 0, first, 1.5));
    history.add(new History.Epoch("fine-tune", 0, Map.of("loss", Double.NaN, "val_loss", 0.25), 2));
    Path file = folder.resolve("history.csv");
    HistoryCsv.write(file, history);
    assertThat(Files.readString(file).lines())
        .containsExactly(
            "stage,epoch,loss,learning_rate,val_loss,seconds",
            "\"head, \"\"big\"\"\",0,0.5,1.0E-4,,1.5",
            "fine-tune,0,nan,,0.25,2.0");
  }

  @Test
  void noEpochsGiveTheHeadingsAlone() {
    assertThat(HistoryCsv.text(new History())).isEqualTo("stage,epoch,seconds\n");
  }
}
