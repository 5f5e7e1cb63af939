package dev.graft.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way, as a user goes it: each a Spark of its own. */
@Tag("scale")
class SubmitTest {
  @TempDir Path folder;

  @Test
  void runsHereByItself() throws IOException, InterruptedException {
    Path photos = Lab.photos(folder.resolve("my photos"));
    List<String> words = new ArrayList<>(List.of("spark-features", Lab.MODEL.toString()));
    words.addAll(List.of("--at", "mean", "--preprocess", "none", "--data", photos.toString()));
    words.addAll(List.of("--out", folder.resolve("rows").toString(), "--run", "--cores", "1"));
    Lab.Outcome first = Lab.graft(words.toArray(String[]::new));
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains(" - 42, 1 of them with an error, ").contains("broken.jpg: ");
    assertThat(folder.resolve("rows/_SUCCESS")).exists();

    Lab.Outcome again = Lab.graft(words.toArray(String[]::new));
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err())
        .contains("graft: --out " + folder.resolve("rows") + ": is there. Choose another, or");
  }

  /** What Hadoop 2 and much else puts in front of every class path. */
  @Test
  void runsWithAnOldProtobufInFront() throws IOException, InterruptedException {
    Path photos = Lab.photos(folder.resolve("photos"));
    Path saved = folder.resolve("saved");
    Lab.Outcome made =
        Lab.graft("export", Lab.MODEL.toString(), "--as", "saved-model", "--out", saved.toString());
    assertThat(made.code()).as(made.err()).isZero();
    String parcel = Lab.parcel(folder.resolve("p.zip"), saved, "--predict", "--preprocess", "none");
    Lab.home();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.addAll(Arrays.asList(System.getProperty("graft.spark.modules").split(" ", -1)));
    command.add("-cp");
    command.add(
        Lab.TARGET.resolve("jars/protobuf-java-2.5.0.jar")
            + File.pathSeparator
            + Path.of(System.getenv("SPARK_HOME"), "jars")
            + "/*");
    command.add("org.apache.spark.deploy.SparkSubmit");
    command.addAll(List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--jars", Lab.natives(), "--class", "dev.graft.spark.Main"));
    command.addAll(List.of(Lab.JOB.toString(), "--parcel", parcel, "--data", photos.toString()));
    command.addAll(List.of("--out", folder.resolve("rows").toString()));
    Lab.Outcome outcome = Lab.run(Map.of("SPARK_HOME", System.getenv("SPARK_HOME")), command);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains(" - 42, 1 of them with an error, ");
    assertThat(folder.resolve("rows/_SUCCESS")).exists();
  }
}
