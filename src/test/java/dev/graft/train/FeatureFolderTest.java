package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.graft.error.StoppedException;
import dev.graft.files.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureFolderTest {
  private static final int LENGTH = 5;
  private static final List<String> HASHES =
      IntStream.range(0, 7).mapToObj(i -> Sha256.of("photo " + i)).toList();

  @TempDir Path folder;

  private static float[] row(String hash) {
    float[] row = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      row[i] = hash.hashCode() / (i + 1f);
    }
    return row;
  }

  /** Opens the folder and computes what is missing; the rows that had to be computed. */
  private static int fill(Path folder, List<String> hashes) {
    FeatureFolder found = FeatureFolder.open(folder, LENGTH, hashes);
    int[] missing = found.missing(hashes, 0, hashes.size());
    Iterator<Integer> next = IntStream.of(missing).iterator();
    found.add(Map.of("model", "net"), missing, hashes, () -> row(hashes.get(next.next())));
    for (int i = 0; i < hashes.size(); i++) {
      float[] came = new float[LENGTH + 2];
      found.get(i, 0, LENGTH, came, 1);
      assertThat(java.util.Arrays.copyOfRange(came, 1, LENGTH + 1)).isEqualTo(row(hashes.get(i)));
      float[] part = new float[2];
      found.get(i, 3, 2, part, 0);
      assertThat(part).containsExactly(row(hashes.get(i))[3], row(hashes.get(i))[4]);
    }
    return missing.length;
  }

  @Test
  void onlyWhatIsNewIsComputed() {
    assertThat(fill(folder, HASHES.subList(0, 4))).isEqualTo(4);
    assertThat(fill(folder, HASHES.subList(0, 4))).isZero();
    // Another order, some left out, some new, one twice.
    List<String> other =
        List.of(HASHES.get(3), HASHES.get(5), HASHES.get(0), HASHES.get(6), HASHES.get(5));
    assertThat(fill(folder, other)).isEqualTo(2);
    assertThat(fill(folder, HASHES)).isEqualTo(1);
  }

  @Test
  void aDamagedRowIsComputedAgain() throws IOException {
    fill(folder, HASHES);
    Path file = FeatureFolder.list(folder).get(0);
    long size = Files.size(file);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(size - 1);
      int old = bytes.read();
      bytes.seek(size - 1);
      bytes.write(old ^ 1);
    }
    assertThat(FeatureFolder.open(folder, LENGTH, HASHES).damaged()).isEqualTo(1);
    assertThat(fill(folder, HASHES)).isEqualTo(1);
  }

  @Test
  void whatAKilledWriterLeftIsNotBelieved() throws IOException {
    fill(folder, HASHES);
    Path file = FeatureFolder.list(folder).get(0);
    byte[] whole = Files.readAllBytes(file);
    for (int kept : new int[] {0, 7, 40, 200, whole.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(whole, kept));
      assertThat(FeatureFolder.open(folder, LENGTH, HASHES).missing(HASHES, 0, 7)).hasSize(7);
    }
    assertThat(fill(folder, HASHES)).isEqualTo(7);
    assertThat(FeatureFolder.list(folder)).containsExactly(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void onlyAbandonedPartsAreRemoved() throws IOException {
    Path dead = Files.write(folder.resolve(".dead.features.1.part"), new byte[9]);
    Path young = Files.write(folder.resolve(".young.features.2.part"), new byte[9]);
    Path busy = Files.write(folder.resolve(".busy.features.3.part"), new byte[9]);
    Instant old = Instant.now().minusSeconds(3600);
    Files.setLastModifiedTime(dead, FileTime.from(old));
    try (FileChannel channel = FileChannel.open(busy, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      Files.setLastModifiedTime(busy, FileTime.from(old));
      FeatureFolder.open(folder, LENGTH, HASHES);
      assertThat(lock.isValid()).isTrue();
    }
    assertThat(dead).doesNotExist();
    assertThat(young).exists();
    assertThat(busy).exists();
  }

  @Test
  void severalWritersAtOnceLeaveOneWholeFile() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      tasks.add(() -> fill(folder, HASHES));
    }
    for (Future<Integer> task : pool.invokeAll(tasks)) {
      assertThat(task.get()).isIn(0, 7);
    }
    pool.shutdown();
    assertThat(FeatureFolder.list(folder)).hasSize(1);
    assertThat(fill(folder, HASHES)).isZero();
  }

  @Test
  void whatAStoppedWriterHadIsKept() throws IOException {
    FeatureFolder found = FeatureFolder.open(folder, LENGTH, HASHES);
    int[] missing = found.missing(HASHES, 0, HASHES.size());
    int[] given = {0};
    assertThatThrownBy(
            () ->
                found.add(
                    Map.of("model", "net"),
                    missing,
                    HASHES,
                    () -> {
                      if (given[0] == 3) {
                        throw new StoppedException("enough.");
                      }
                      return row(HASHES.get(given[0]++));
                    }))
        .hasMessage("enough.");
    assertThat(FeatureFolder.list(folder)).hasSize(1);
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).hasSize(1);
    }
    assertThat(fill(folder, HASHES)).isEqualTo(4);
    // Nothing is kept of a writer that had nothing.
    Path other = folder.resolve("other");
    FeatureFolder empty = FeatureFolder.open(other, LENGTH, HASHES);
    assertThatThrownBy(
            () ->
                empty.add(
                    Map.of(),
                    missing,
                    HASHES,
                    () -> {
                      throw new StoppedException("enough.");
                    }))
        .hasMessage("enough.");
    assertThat(other).isEmptyDirectory();
  }

  @Test
  void whatIsThereIsReadWhereNothingCanBeWritten() {
    fill(folder, HASHES.subList(0, 4));
    assumeThat(folder.toFile().setWritable(false)).isTrue();
    try {
      assumeThat(Files.isWritable(folder)).as("permissions hold for this user").isFalse();
      assertThat(FeatureFolder.open(folder, LENGTH, HASHES).refusal())
          .hasMessageStartingWith(folder + ": kept features may not be written there.");
      assertThat(fill(folder, HASHES.subList(0, 4))).isZero();
      assertThat(fill(folder, HASHES)).isEqualTo(3);
      assertThat(fill(folder, HASHES)).isEqualTo(3);
    } finally {
      assertThat(folder.toFile().setWritable(true)).isTrue();
    }
  }

  @Test
  void whatCannotBeWrittenIsHeldInMemory() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(fill(file.resolve("below"), HASHES)).isEqualTo(7);
    // A folder that is gone refuses when the first file is to be written, as a full disk does.
    Path gone = folder.resolve("gone");
    FeatureFolder found = FeatureFolder.open(gone, LENGTH, HASHES);
    Files.delete(gone);
    int[] missing = found.missing(HASHES, 0, 7);
    for (int attempt = 0; attempt < 2; attempt++) {
      Iterator<Integer> next = IntStream.of(missing).iterator();
      FeatureFile.Rows rows = () -> row(HASHES.get(next.next()));
      if (attempt == 0) {
        assertThatThrownBy(() -> found.add(Map.of(), missing, HASHES, rows))
            .isInstanceOf(FeatureFolder.Refused.class);
      } else {
        found.add(Map.of(), missing, HASHES, rows);
      }
    }
    assertThat(found.missing(HASHES, 0, 7)).isEmpty();
    assertThat(found.onDisk()).isZero();
    assertThat(found.held()).isEqualTo(7 * 4 * LENGTH);
  }

  @Test
  void isListedAndRemoved() {
    String key = Sha256.of("weights").substring(0, 32);
    fill(folder.resolve(key), HASHES);
    List<FeatureShelf.Kept> kept = FeatureShelf.list(folder);
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).model()).isEqualTo("net");
    assertThat(kept.get(0).rows()).isEqualTo(7);
    FeatureShelf.remove(folder, key);
    assertThat(FeatureShelf.list(folder)).isEmpty();
    assertThat(folder.resolve(key)).doesNotExist();
    assertThat(FeatureShelf.list(folder.resolve("nowhere"))).isEmpty();
  }
}
