package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.RealKeras;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.Event;

class TensorBoardTest {
  @TempDir Path folder;

  private static Map<String, Double> logs(double loss) {
    Map<String, Double> logs = new LinkedHashMap<>();
    logs.put("loss", loss);
    logs.put("accuracy", 0.5);
    logs.put("val_loss", loss + 1);
    logs.put("learning_rate", 0.001);
    return logs;
  }

  private static List<Event> events(Path run) throws Exception {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.sorted().toList()) {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          byte[] data = new byte[(int) bytes.getLong()];
          bytes.getInt();
          bytes.get(data).getInt();
          events.add(Event.parseFrom(data));
        }
      }
    }
    return events;
  }

  @Test
  void theFirstFrameIsAsTensorFlowWritesIt() throws Exception {
    Clock clock = Clock.fixed(Instant.ofEpochSecond(1_700_000_000L), ZoneOffset.UTC);
    EventFile.in(folder, clock).close();
    Path file = folder.resolve("events.out.tfevents.1700000000.graft.0000.v2");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getLong()).isEqualTo(bytes.capacity() - 16);
    // Length 37; the masked checksum as tf.io.TFRecordWriter writes it for that length.
    assertThat(bytes.capacity()).isEqualTo(53);
    assertThat(Integer.toHexString(bytes.getInt())).isEqualTo("f336bcea");
  }

  @Test
  void everyEpochHasKerassTagsAndStagesGoOn() throws Exception {
    try (TensorBoard board =
        new TensorBoard(folder, new TensorBoard.Settings(0, false, true, 0), 3)) {
      board.onEpochEnd(null, 0, logs(1));
      board.onEpochEnd(null, 1, logs(Double.NaN));
      assertThat(board.state()).containsEntry("step", 5L);
    }
    List<Event> train = events(folder.resolve("train"));
    assertThat(train.get(1).getSessionLog().getStatusValue()).isEqualTo(1);
    assertThat(
            train.stream()
                .skip(2)
                .map(e -> e.getStep() + " " + e.getSummary().getValue(0).getTag()))
        .containsExactly(
            "3 epoch_loss",
            "3 epoch_accuracy",
            "3 epoch_learning_rate",
            "4 epoch_loss",
            "4 epoch_accuracy",
            "4 epoch_learning_rate");
    assertThat(events(folder.resolve("validation")).stream().skip(2))
        .allMatch(e -> e.getSummary().getValue(0).getTag().equals("epoch_loss"));
  }

  @Test
  void bucketsAreTensorBoards() {
    double[][] buckets = buckets(0, 1, 2, 3, Float.NaN, Float.POSITIVE_INFINITY);
    assertThat(buckets).hasDimensions(30, 3);
    assertThat(buckets[0]).containsExactly(new double[] {0, 0.1, 1}, within(1e-12));
    assertThat(buckets[10][2]).isEqualTo(1);
    assertThat(buckets[29]).containsExactly(new double[] {2.9, 3, 1}, within(1e-12));
    assertThat(buckets(2, 2)[29]).containsExactly(2, 2, 2);
    assertThat(buckets()[29]).containsExactly(0, 0, 0);
  }

  private static Picture picture() {
    return Picture.of(new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB));
  }

  @Test
  @Tag("python")
  void realTensorBoardShowsEverything() throws Exception {
    try (TensorBoard board =
        new TensorBoard(folder, new TensorBoard.Settings(0, false, true, 0), 0)) {
      board.onEpochEnd(null, 0, logs(1));
      board.onEpochEnd(null, 1, logs(0.5));
    }
    try (EventFile events = EventFile.in(folder.resolve("train"));
        Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      tf.math.add(tf.constant(1f), tf.constant(2f));
      events.graph(graph.toGraphDef());
      events.histogram("dense/kernel/histogram", 0, new float[] {1, 2, 3});
      events.images("augmented", 0, List.of(picture(), picture()));
      events.text("about", 0, "# run");
    }
    Projector.write(
        folder,
        new Projector.Points(
            2,
            new float[] {1, 2, 3, 4, 5, 6},
            List.of("a", "b\t<b>", "a"),
            List.of("1.jpg", "2.jpg", "3.jpg"),
            Collections.nCopies(
                3,
                new BufferedImage(
                    Projector.THUMBNAIL, Projector.THUMBNAIL, BufferedImage.TYPE_INT_RGB))));

    String output = RealKeras.run("tools/readback/tensorboard_check.py", folder.toString());
    String json = output.lines().filter(l -> l.startsWith("SHOWN ")).findFirst().orElseThrow();
    String shown = json.substring("SHOWN ".length());
    assertThat(shown)
        .contains("\"train/epoch_loss\": [[0, 1.0], [1, 0.5]]")
        .contains("\"validation/epoch_loss\": [[0, 2.0], [1, 1.5]]")
        .contains("\"train/epoch_learning_rate\"")
        .contains("\"train/dense/kernel/histogram\": [[0, 3.0]]")
        .contains("\"train/augmented\": [true, true]")
        .contains("\"text\": {\"train\": [\"about\"]}")
        .contains("\"graphs\": {\"train\": 3}")
        .contains("\"shape\": [3, 2], \"bytes\": 24")
        .contains(
            "\"labels\": [\"label\\tfile\", \"a\\t1.jpg\", \"b\\u00b7<b>\\t2.jpg\", \"a\\t3.jpg\"]")
        .contains("\"sprite\": true");
  }

  private static double[][] buckets(float... values) {
    return Buckets.of(sinks -> sinks.get(0).accept(values, values.length));
  }
}
