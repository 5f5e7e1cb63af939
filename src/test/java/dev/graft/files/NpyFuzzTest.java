package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged arrays: each is read, or refused in a sentence that names it, in little memory. */
class NpyFuzzTest {
  private static final int ROUNDS = 1000;
  private static final long MOST_BYTES = 512L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  private byte[] array() throws IOException {
    Path file = folder.resolve("whole.npy");
    float[] values = new float[60];
    NpyWriter.save(file, NpyArray.of(new long[] {3, 4, 5}, values));
    return Files.readAllBytes(file);
  }

  @Test
  void aThousandMutationsOfAnArrayAreReadOrRefused() throws IOException {
    byte[] whole = array();
    Path file = folder.resolve("damaged.npy");
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      // Half of them in the header, where the structure is.
      Files.write(file, mutated(whole, new Random(round), round % 2 == 0 ? 128 : whole.length));
      refused += refuses(file, () -> readArray(file), round) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(ROUNDS / 4);
  }

  @Test
  void aThousandMutationsOfAnArchiveAreReadOrRefused() throws IOException {
    Path whole = folder.resolve("whole.npz");
    try (ZipWriter zip = ZipWriter.create(whole)) {
      zip.stored("x.npy", array());
      zip.deflated("y.npy", out -> out.write(array()));
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path file = folder.resolve("damaged.npz");
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Files.write(file, mutated(bytes, new Random(round), bytes.length));
      refused += refuses(file, () -> readArchive(file), round) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(ROUNDS / 4);
  }

  /** Inside an archive, whose own checksums would find a changed byte. */
  @Test
  void aThousandMutationsInsideAnArchiveAreReadOrRefused() throws IOException {
    byte[] whole = array();
    Path file = folder.resolve("inside.npz");
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Files.deleteIfExists(file);
      try (ZipWriter zip = ZipWriter.create(file)) {
        zip.stored("x.npy", mutated(whole, new Random(round), 128));
      }
      refused += refuses(file, () -> readArchive(file), round) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(ROUNDS / 4);
  }

  private static void readArray(Path file) {
    try (NpyFile array = NpyFile.open(file)) {
      array.array().floats();
    }
  }

  private static void readArchive(Path file) {
    try (NpzFile archive = NpzFile.open(file)) {
      archive.names().forEach(name -> archive.array(name).floats());
    }
  }

  private static boolean refuses(Path file, Runnable reading, int round) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean refused = false;
    try {
      reading.run();
    } catch (GraftException e) {
      refused = true;
      assertThat(e.getMessage()).as("round %d", round).contains(file.toString());
    } catch (Throwable e) {
      fail("round " + round, e);
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .as("round %d", round)
        .isLessThan(MOST_BYTES);
    return refused;
  }

  private static byte[] mutated(byte[] whole, Random random, int within) {
    if (random.nextInt(10) == 0) {
      return java.util.Arrays.copyOf(whole, random.nextInt(whole.length));
    }
    byte[] bytes = whole.clone();
    byte[] words = "0123456789(),'{}<>fiuObTrue".getBytes(StandardCharsets.US_ASCII);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(Math.min(within, bytes.length));
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = words[random.nextInt(words.length)];
        default -> bytes[at] = (byte) random.nextInt();
      }
    }
    return bytes;
  }
}
