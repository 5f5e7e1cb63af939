package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.fetch.Places;
import dev.graft.progress.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV files as pandas, Excel and people write them. */
class SheetTest {
  @TempDir Path root;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void photos() throws IOException {
    Files.createDirectories(root.resolve("sub"));
    for (String name : List.of("a.jpg", "c.JPEG", " lead.jpg", "sub/d.jpg")) {
      Files.copy(ImagesTest.GOLDENS.resolve("files/photo.jpg"), root.resolve(name));
    }
  }

  private Dataset read(Labels labels, String csv, Map<String, ?> more) throws IOException {
    Files.write(root.resolve("l.csv"), csv.getBytes(StandardCharsets.UTF_8));
    Map<String, Object> source = new HashMap<>(more);
    source.put("csv", "l.csv");
    Progress progress =
        event -> {
          if (event instanceof Progress.Message message) {
            said.add(message.text());
          }
        };
    Context context = Context.training(root, new Places(List.of(), List.of(), root), progress);
    return Source.read(Config.of(source, "recipe.json: data.train"), context.labelled(labels));
  }

  private Dataset read(String csv) throws IOException {
    return read(Labels.SPARSE, csv, Map.of());
  }

  private void refuses(Labels labels, String csv, String message) {
    assertThatThrownBy(() -> read(labels, csv, Map.of()))
        .isInstanceOf(DataException.class)
        .hasMessage(root.resolve("l.csv") + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\uFEFFfile,label\r\na.jpg,x\r\nc.JPEG,y\r\n",
        "\uFEFF\"file\";\"label\"\r\n\"a.jpg\";\"x\"\r\n\"c.JPEG\";\"y\"\r\n",
        "\n\nfile, label\n\na.jpg, x\n\nc.JPEG , y",
        "Filename|Label\na|x\nc|y\n",
        "label\tfile\tnote, if any\nx\ta\t\ny\tc\t1\n",
        ",file,label,\n0,a.jpg,x,\n1,c.JPEG,y,\n"
      })
  void readsAllKinds(String csv) throws IOException {
    Dataset data = read(csv);
    assertThat(data.classes()).containsExactly("x", "y");
    assertThat(data.file(0)).isEqualTo(root.resolve("a.jpg"));
    assertThat(data.file(1)).isEqualTo(root.resolve("c.JPEG"));
    assertThat(data.label(1)).isEqualTo(1);
  }

  @Test
  void findsNamesWithoutExtensionInFoldersToo() throws IOException {
    Dataset data = read("file,label\nsub/d,x\n\" lead.jpg\",y\n");
    assertThat(data.file(0)).isEqualTo(root.resolve("sub/d.jpg"));
    assertThat(data.file(1)).isEqualTo(root.resolve(" lead.jpg"));
  }

  @Test
  void leadingZerosMakeNames() throws IOException {
    Dataset codes = read("file,label\na,007\na,7\nc,010\n");
    assertThat(codes.classes()).containsExactly("007", "010", "7");
    assertThat(said).isEmpty();
    Dataset numbers = read("file,label\na,1\nc,4\n");
    assertThat(numbers.classes()).containsExactly("0", "1", "2", "3", "4");
    assertThat(said)
        .containsExactly(
            root.resolve("l.csv")
                + ": the labels are numbers, so the classes are 0 to 4; 3 of them have no example."
                + " To keep only some: 'classes'");
  }

  @Test
  void takesTruthValuesForZeroAndOne() throws IOException {
    Dataset data =
        read(
            Labels.MULTI_LABEL,
            "file,sun,rain\na,True,False\nc,False,False\n",
            Map.of("label", List.of("sun", "rain")));
    assertThat(IntStream.range(0, 2).mapToObj(data::labelText)).containsExactly("sun", "");
    Dataset none = read(Labels.MULTI_LABEL, "file,labels\na,sun rain\nc,\n", Map.of());
    assertThat(IntStream.range(0, 2).mapToObj(none::labelText)).containsExactly("rain|sun", "");
  }

  @Test
  void namesTheRow() {
    refuses(
        Labels.REGRESSION,
        "file,label\na,1.5\n\nc,old\n",
        ": row 4, column 'label': expected a number to predict, came 'old'. Correct the row.");
    refuses(
        Labels.REGRESSION,
        "file,label\na,1.5\nc,inf\n",
        ": row 3, column 'label': expected a number to predict, came 'inf'. Correct the row.");
    refuses(
        Labels.SPARSE,
        "file,label\na,x\nc,NaN\n",
        ": row 3, column 'label': 'NaN' is no label. Fill it in, or remove the row.");
    refuses(
        Labels.SPARSE,
        "file,label\na,x\n,\n",
        ": row 3: has no file name. Fill it in, or remove the row.");
    refuses(
        Labels.SPARSE,
        "file,label\na\0b,x\n",
        ": row 2: no file 'a\\0b' in " + root + ". Correct the row or set 'folder'.");
  }
}
