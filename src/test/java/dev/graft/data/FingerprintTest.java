package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
  @TempDir Path folder;

  private Dataset pictures(String place, int second) throws Exception {
    Path in = Files.createDirectories(folder.resolve(place));
    Path a = Files.writeString(in.resolve("a" + place), "one");
    Path b = Files.writeString(in.resolve("b" + place), "two");
    return Dataset.of(
        "set",
        new Column.Pictures(List.of(a, b)),
        new Target.Classes(new int[] {0, second}, 2),
        List.of("x", "y"));
  }

  @Test
  void contentsAndLabelsCountNotPlaces() throws Exception {
    String print = Fingerprint.of(pictures("here", 1));
    assertThat(print).hasSize(64).isEqualTo(Fingerprint.of(pictures("there", 1)));
    assertThat(Fingerprint.of(pictures("here", 0))).isNotEqualTo(print);
    assertThat(Fingerprint.of(pictures("here", 1).take(1))).isNotEqualTo(print);
  }

  @Test
  void bytesAndFloatsOfOneValueAreOneThing() {
    int[] shape = {2};
    Dataset bytes =
        Dataset.of("b", new Column.Bytes(new byte[] {1, 2, 3, 4}, shape), null, List.of());
    Dataset floats =
        Dataset.of("f", new Column.Floats(new float[] {1, 2, 3, 4}, shape), null, List.of());
    assertThat(Fingerprint.of(bytes)).isEqualTo(Fingerprint.of(floats));
    assertThat(Fingerprint.of(bytes.select(new int[] {1, 0}))).isNotEqualTo(Fingerprint.of(bytes));
  }
}
