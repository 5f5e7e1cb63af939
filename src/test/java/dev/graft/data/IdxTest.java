package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  @TempDir Path folder;

  @Test
  void readsPlainAndPacked() throws IOException {
    byte[] idx = idx(0x803, new int[] {2, 1, 3}, new byte[] {1, 2, 3, 4, 5, (byte) 250});
    for (Path file : new Path[] {write("plain", idx), write("packed.gz", gzip(idx))}) {
      Idx read = Idx.read(file);
      assertThat(read.shape()).containsExactly(2, 1, 3);
      assertThat(read.values()).containsExactly(1, 2, 3, 4, 5, 250);
    }
  }

  @Test
  void refusesAnotherMagic() throws IOException {
    Path file = write("x.idx", idx(0xD03, new int[] {1, 1, 1}, new byte[4]));
    assertThatThrownBy(() -> Idx.read(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(
            file
                + ": expected an IDX file of unsigned bytes, which begins with 00 00 08 and the"
                + " number of dimensions (1 to 4), came 00 00 0d 03.");
  }

  @Test
  void refusesWhatCannotBeInTheFile() throws IOException {
    Path bomb = write("bomb.gz", gzip(idx(0x803, new int[] {60000, 100, 100}, new byte[10])));
    assertThatThrownBy(() -> Idx.read(bomb))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("the header promises 600000000 bytes, a file of");
    Path huge = write("huge", idx(0x803, new int[] {1 << 30, 1 << 30, 1 << 30}, new byte[10]));
    assertThatThrownBy(() -> Idx.read(huge))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("expected at most 2 GiB of elements");
    Path negative = write("negative", idx(0x801, new int[] {-1}, new byte[10]));
    assertThatThrownBy(() -> Idx.read(negative)).isInstanceOf(MalformedFileException.class);
  }

  @Test
  void refusesTooLittleAndTooMuch() throws IOException {
    byte[] whole = idx(0x801, new int[] {40}, new byte[40]);
    Path cut = write("cut", Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> Idx.read(cut)).isInstanceOf(MalformedFileException.class);
    Path more = write("more", Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> Idx.read(more))
        .hasMessage(
            more + ": the header promises 40 bytes of data, the file has more. Fetch it again.");
    byte[] packed = gzip(whole);
    Path cutPacked = write("cut.gz", Arrays.copyOf(packed, packed.length - 12));
    assertThatThrownBy(() -> Idx.read(cutPacked)).hasMessageContaining("ends before its data does");
    Path empty = write("empty", new byte[0]);
    assertThatThrownBy(() -> Idx.read(empty)).hasMessageContaining("ends before its data does");
    assertThatThrownBy(() -> Idx.read(folder.resolve("none")))
        .isInstanceOf(DataException.class)
        .hasMessage(folder.resolve("none") + ": no such file. Check the path.");
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  static byte[] idx(int magic, int[] shape, byte[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * shape.length + values.length).putInt(magic);
    for (int size : shape) {
      buffer.putInt(size);
    }
    return buffer.put(values).array();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
