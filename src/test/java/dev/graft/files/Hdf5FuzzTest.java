package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of every kind: each is read, or refused in one sentence, within a second. */
class Hdf5FuzzTest {
  private static final List<String> FILES =
      List.of(
          "numbers.h5",
          "numbers-v110.h5",
          "storage.h5",
          "storage-v110.h5",
          "strings.h5",
          "strings-v110.h5",
          "ordered.h5",
          "awkward.h5",
          "userblock.h5");

  @TempDir Path folder;

  @Test
  void aDamagedFileIsReadOrRefused() throws IOException {
    int refused = run(folder.resolve("damaged.h5"), 1, 60);
    // Most damage is to values, which nothing can notice; but much of it is to structure.
    assertThat(refused).isGreaterThan(100);
  }

  /** Runs {@code rounds} mutations of each file and says how many were refused. */
  private static int run(Path path, long seed, int rounds) throws IOException {
    int refused = 0;
    for (String name : FILES) {
      byte[] whole = Files.readAllBytes(Hdf5FileTest.GOLDENS.resolve(name));
      for (int round = 0; round < rounds; round++) {
        Random random = new Random(seed * 1_000_003 + name.hashCode() * 31L + round);
        Files.write(path, mutate(whole.clone(), random));
        long start = System.nanoTime();
        try {
          readEverything(path);
        } catch (GraftException e) {
          refused++;
          assertThat(e.getMessage()).startsWith(path.toString()).endsWith(".");
        } catch (Throwable e) {
          fail(name + ", seed " + seed + ", round " + round, e);
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertThat(millis).as("%s, seed %d, round %d", name, seed, round).isLessThan(2000);
      }
    }
    return refused;
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length - 8);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> view.putInt(at, random.nextBoolean() ? 0x7fffffff : -1);
        // An address somewhere else in the file: pointers into the wrong place, and circles.
        case 3 -> view.putLong(at & ~7, random.nextInt(bytes.length));
        case 4 -> view.putLong(at & ~7, Long.MAX_VALUE >> random.nextInt(40));
        default -> {
          if (random.nextInt(4) == 0) {
            return Arrays.copyOf(bytes, at);
          }
          System.arraycopy(
              bytes,
              random.nextInt(bytes.length - 64),
              bytes,
              at & ~7,
              Math.min(64, bytes.length - (at & ~7)));
        }
      }
    }
    return bytes;
  }

  private static void readEverything(Path path) {
    try (Hdf5File file = Hdf5File.open(path)) {
      readAttributes(file.root().attributes());
      file.root()
          .walk(
              dataset -> {
                dataset.filters();
                dataset.layout();
                readAttributes(dataset.attributes());
                if (dataset.type().kind() == ElementType.Kind.STRING) {
                  dataset.strings();
                } else if (dataset.type().isNumeric()) {
                  dataset.floats();
                }
              });
    }
  }

  private static void readAttributes(Hdf5Attributes attributes) {
    for (String name : attributes.names()) {
      ElementType type = attributes.type(name);
      if (type.kind() == ElementType.Kind.STRING) {
        attributes.strings(name);
      } else if (type.isNumeric()) {
        attributes.numbers(name);
      }
    }
  }

  @Test
  void aTreeWhoseBranchesMeetAgainDoesNotTakeForEver() throws IOException {
    // Each B-tree node of 30 levels has two children, which are the same node: 2^30 leaves.
    Path path = folder.resolve("tree.h5");
    try (Hdf5Writer file = Hdf5Writer.create(path)) {
      IntStream.range(0, 9).forEach(i -> file.root().group("g" + i));
    }
    byte[] small = Files.readAllBytes(path);
    int levels = 30;
    int node = 544;
    int first = (small.length + 7) & ~7;
    byte[] bytes = Arrays.copyOf(small, first + levels * node);
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int root = lastIndexOf(small, "TREE");
    long leaf = root;
    for (int level = 1; level <= levels; level++) {
      int at = first + (level - 1) * node;
      view.put(at, "TREE".getBytes(StandardCharsets.US_ASCII));
      view.put(at + 5, (byte) level).putShort(at + 6, (short) 2);
      view.putLong(at + 8, -1).putLong(at + 16, -1);
      view.putLong(at + 32, leaf).putLong(at + 48, leaf);
      leaf = at;
    }
    // The root's table is named in the superblock and in its own header.
    for (int at = 0; at + 8 <= small.length; at += 8) {
      if (view.getLong(at) == root && at != root) {
        view.putLong(at, leaf);
      }
    }
    view.putLong(40, bytes.length);
    Files.write(path, bytes);
    long start = System.nanoTime();
    try (Hdf5File file = Hdf5File.open(path)) {
      List<String> names = file.root().names();
      fail("read " + names);
    } catch (GraftException e) {
      assertThat(e).hasMessageContaining("its structure is read over and over without an end");
    }
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(2000);
  }

  private static int lastIndexOf(byte[] bytes, String letters) {
    for (int at = bytes.length - 8; at >= 0; at -= 8) {
      if (new String(bytes, at, 4, StandardCharsets.US_ASCII).equals(letters)) {
        return at;
      }
    }
    throw new AssertionError("no " + letters);
  }

  @Test
  void declaredSizesAreHeldAgainstTheFile() throws IOException {
    Path path = folder.resolve("huge.h5");
    try (Hdf5Writer file = Hdf5Writer.create(path)) {
      file.root().floats("x", new long[] {12_345}, new float[12_345]);
    }
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + 8 <= bytes.length; at += 8) {
      if (view.getLong(at) == 12_345) {
        view.putLong(at, 1L << 40);
      }
    }
    Files.write(path, bytes);
    try (Hdf5File file = Hdf5File.open(path)) {
      Hdf5Dataset dataset = file.root().dataset("x");
      try {
        fail("read " + dataset.floats().length);
      } catch (GraftException e) {
        assertThat(e)
            .hasMessageStartingWith(
                path
                    + ": dataset '/x': the file is damaged or cut short (its 4398046511104 bytes"
                    + " from byte 96 on do not fit into the file's ");
      }
    }
  }

  /** A longer run by hand: seed, rounds for each file. */
  public static void main(String[] arguments) throws IOException {
    Path path = Files.createTempFile("fuzz", ".h5");
    int refused = run(path, Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]));
    System.out.println(refused + " refused");
    Files.delete(path);
  }
}
