package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.graft.error.GraftException;
import dev.graft.error.MalformedFileException;
import dev.graft.files.ZipArchive;
import dev.graft.files.ZipWriter;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged and hostile files: each is opened, or refused in a sentence, soon and in little memory.
 */
class DamagedFilesTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/layouts");
  private static final int ROUNDS = 1000;
  private static final long LONGEST_MILLIS = 10_000;
  private static final long LONG_MILLIS = 1000;
  private static final long MOST_BYTES = 512L << 20;

  /** Of this thread alone: other work on the machine must not fail the test. */
  private static final ThreadMXBean CLOCK = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final Layers LAYERS = Layers.standard();

  @TempDir Path folder;

  /** Rounds that took over a second: a busy machine may make a few, a file must not. */
  private int slow;

  @AfterEach
  void hardlyAnyTakesLongerThanASecond() {
    assertThat(slow).isLessThanOrEqualTo(ROUNDS / 100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "branches.keras3.json",
        "plain.tf_keras.h5",
        "plain.keras3.keras",
        "arrays.keras",
      })
  void aThousandMutationsAreOpenedOrRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve(name));
    Path file = folder.resolve(name);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Files.write(file, mutated(whole, new Random(round), name.endsWith(".json")));
      refused += refuses(file, name + ", round " + round) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  /** In an archive a changed byte is found by its checksum; so change what is inside. */
  @Test
  void aThousandMutationsOfAConfigInAnArchiveAreOpenedOrRefused() throws IOException {
    Path file = folder.resolve("net.keras");
    try (ZipArchive zip = ZipArchive.open(FOLDER.resolve("branches.keras3.keras"))) {
      byte[] config = zip.bytes("config.json");
      int refused = 0;
      for (int round = 0; round < ROUNDS; round++) {
        try (ZipWriter out = ZipWriter.create(file)) {
          out.stored("config.json", mutated(config, new Random(round), true));
          out.stored("metadata.json", zip.bytes("metadata.json"));
          out.stored("model.weights.h5", zip.bytes("model.weights.h5"));
        }
        refused += refuses(file, "round " + round) ? 1 : 0;
      }
      assertThat(refused).isGreaterThan(ROUNDS / 10);
    }
  }

  /** Weights alone, for a network that is known. */
  @ParameterizedTest
  @ValueSource(strings = {"plain.tf_keras.only.h5", "plain.keras3.weights.h5", "latest.h5"})
  void aThousandMutationsOfWeightsAreReadOrRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve(name));
    Model model = KerasFile.open(FOLDER.resolve("plain.keras3.json"), LAYERS).model();
    Path file = folder.resolve(name);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Files.write(file, mutated(whole, new Random(round), false));
      refused += refuses(file, name + ", round " + round, () -> read(model, file)) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(ROUNDS / 20);
  }

  private boolean refuses(Path file, String which) {
    return refuses(
        file,
        which,
        () -> {
          Model model = KerasFile.open(file, LAYERS).model();
          if (!file.toString().endsWith(".json")) {
            read(model, file);
          }
        });
  }

  private static void read(Model model, Path file) {
    try (WeightFile weights = WeightFile.open(file)) {
      WeightMatch match = WeightMatch.of(model, weights, LoadOptions.strict());
      model.variables().forEach(variable -> match.store(null).values(variable.name()));
    }
  }

  private boolean refuses(Path file, String which, Runnable reading) {
    long start = CLOCK.getCurrentThreadCpuTime();
    long before = CLOCK.getCurrentThreadAllocatedBytes();
    boolean refused = false;
    try {
      reading.run();
    } catch (GraftException e) {
      refused = true;
      assertThat(e.getMessage()).as(which).contains(file.toString());
    } catch (Throwable e) {
      fail(which, e);
    }
    assertThat(CLOCK.getCurrentThreadAllocatedBytes() - before).as(which).isLessThan(MOST_BYTES);
    long millis = (CLOCK.getCurrentThreadCpuTime() - start) / 1_000_000;
    assertThat(millis).as(which).isLessThan(LONGEST_MILLIS);
    slow += millis > LONG_MILLIS ? 1 : 0;
    return refused;
  }

  private static byte[] mutated(byte[] whole, Random random, boolean text) {
    byte[] bytes = whole.clone();
    if (random.nextInt(10) == 0) {
      return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    byte[] digits = "0123456789-.eE[]{}\",:ntf".getBytes(StandardCharsets.US_ASCII);
    int changes = 1 + random.nextInt(text ? 3 : 8);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = text ? digits[random.nextInt(digits.length)] : (byte) 0xff;
        default -> {
          int length = Math.min(random.nextInt(40), bytes.length - at);
          System.arraycopy(bytes, random.nextInt(bytes.length - length), bytes, at, length);
        }
      }
    }
    return bytes;
  }

  @Test
  void hostileConfigsAreRefusedByPlace() throws IOException {
    String deep = "[".repeat(100_000);
    refused("{\"class_name\": " + deep, MalformedFileException.class, "not valid JSON");
    refused(
        "{\"class_name\": \"Sequential\", \"class_name\": \"Sequential\"}",
        MalformedFileException.class,
        "Duplicate");
    String huge =
        "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\":"
            + " [{\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 1048576,"
            + " \"batch_input_shape\": [null, 1048576]}}]}}";
    Path file = Files.writeString(folder.resolve("huge.json"), huge);
    Model model = KerasFile.open(file, LAYERS).model();
    assertThat(model.variables().get(0).slot().size())
        .as("2^40 elements are a shape, not memory")
        .isEqualTo(1L << 40);
    refused(
        huge.replace("1048576]", "9999999999]"),
        dev.graft.error.SettingException.class,
        "batch_input_shape");
    StringBuilder circle = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      circle
          .append(i == 0 ? "" : ",")
          .append("{\"class_name\": \"Flatten\", \"name\": \"f" + i + "\", \"config\": {},")
          .append(" \"inbound_nodes\": [[[\"f" + ((i + 1) % 3000) + "\", 0, 0, {}]]]}");
    }
    refused(
        "{\"class_name\": \"Functional\", \"config\": {\"name\": \"c\", \"layers\": ["
            + circle
            + "], \"input_layers\": [[\"f0\", 0, 0]], \"output_layers\": [[\"f9\", 0, 0]]}}",
        MalformedFileException.class,
        "wait for each other in a circle");
  }

  private void refused(String json, Class<? extends GraftException> kind, String message)
      throws IOException {
    Path file = Files.writeString(folder.resolve("hostile.json"), json);
    assertThatThrownBy(() -> KerasFile.open(file, LAYERS))
        .isInstanceOf(kind)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void aPickleThatWouldRunCodeRunsNone() throws IOException {
    Path inner = folder.resolve("inner.npz");
    String header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }\n";
    byte[] pickle = "cos\nsystem\n(Vtouch owned\ntR.".getBytes(StandardCharsets.US_ASCII);
    byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0};
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    bytes.writeBytes(start);
    bytes.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(pickle);
    try (ZipWriter out = ZipWriter.create(inner)) {
      out.stored("layers/dense.npy", bytes.toByteArray());
    }
    Path file = folder.resolve("evil.keras");
    try (ZipWriter out = ZipWriter.create(file)) {
      out.stored("config.json", "{}".getBytes(StandardCharsets.US_ASCII));
      out.stored("model.weights.npz", inner);
    }
    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("it has an instruction 0x56");
    assertThat(Path.of("owned")).doesNotExist();
  }

  @Test
  void weightsThatAreNoNumbersAreSaid() {
    float[] values = {1, Float.NaN, 2};
    StoredTensor tensor =
        new StoredTensor(
            "kernel", org.tensorflow.ndarray.Shape.of(4), "float32", List.of(), () -> values);
    assertThatThrownBy(tensor::values)
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(
            "tensor 'kernel': expected 4 values for the shape (4,), the file holds 3. The file is"
                + " damaged.");
  }
}
