package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import dev.graft.error.MalformedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipTest {
  @TempDir Path folder;

  private Path sample() throws IOException {
    Path path = folder.resolve("sample.zip");
    Path big = Files.write(folder.resolve("big"), new byte[200_000]);
    try (ZipWriter zip = ZipWriter.create(path)) {
      zip.text("config.json", "{\"größe\": 1}")
          .stored("model.weights.h5", big)
          .stored("raw", new byte[] {1, 2, 3})
          .stored("placed", ZipTest::backwards)
          .deflated("assets/ü.txt", out -> out.write("hello".getBytes(StandardCharsets.UTF_8)));
    }
    return path;
  }

  /** Writes its end first, as formats do that know their beginning last. */
  private static void backwards(Path file, long start) throws IOException {
    byte[] text = "0123456789".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(text, 1000, text.length - 1000), start + 1000);
      channel.write(ByteBuffer.wrap(text, 0, 1000), start);
    }
  }

  @Test
  void whatIsWrittenReadsBack() throws IOException {
    try (ZipArchive zip = ZipArchive.open(sample())) {
      assertThat(zip.names())
          .containsExactly("config.json", "model.weights.h5", "raw", "placed", "assets/ü.txt");
      assertThat(zip.text("config.json")).isEqualTo("{\"größe\": 1}");
      assertThat(zip.bytes("raw")).containsExactly(1, 2, 3);
      assertThat(zip.text("placed")).isEqualTo("0123456789".repeat(30_000));
      assertThat(zip.size("model.weights.h5")).isEqualTo(200_000);
      Path out = folder.resolve("out");
      zip.extract("model.weights.h5", out);
      assertThat(Files.readAllBytes(out)).isEqualTo(new byte[200_000]);
      assertThat(zip.text("assets/ü.txt")).isEqualTo("hello");
      assertThat(zip.has("nothing")).isFalse();
      assertThatThrownBy(() -> zip.bytes("nothing"))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageEndingWith(
              "sample.zip: expected 'nothing' in the archive, found [config.json,"
                  + " model.weights.h5, raw, placed, assets/ü.txt].");
    }
    assertThat(ZipArchive.isZip(sample())).isTrue();
    assertThat(ZipArchive.isZip(folder)).isFalse();
  }

  @Test
  void sameContentsSameBytesInAnyTimeZone() throws IOException {
    byte[] first = Files.readAllBytes(sample());
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      assertThat(Files.readAllBytes(sample())).isEqualTo(first);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../up", "a/../../up", "c:/x", "a\\b"})
  void namesThatLeadOutAreRefused(String name) throws IOException {
    Path path = folder.resolve("names.zip");
    try (ZipWriter zip = ZipWriter.create(path)) {
      zip.text(name, "x");
    }
    assertThatThrownBy(() -> ZipArchive.open(path))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(
            path
                + ": the archive has an entry named '"
                + name
                + "', which leads out of its folder. Fetch it from a source you trust.");
  }

  @Test
  void doubledNamesAreRefused() throws IOException {
    Path path = folder.resolve("double.zip");
    try (ZipWriter zip = ZipWriter.create(path)) {
      zip.text("aaa", "1").text("bbb", "2");
    }
    String bytes = new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
    Files.write(path, bytes.replace("bbb", "aaa").getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ZipArchive.open(path))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("two entries named 'aaa'");
  }

  @Test
  void bombsAreRefused() throws IOException {
    Path path = folder.resolve("bomb.zip");
    try (ZipWriter zip = ZipWriter.create(path)) {
      zip.deflated("zeros", out -> out.write(new byte[1 << 25])).text("b", "2");
    }
    assertThatThrownBy(() -> ZipArchive.open(path))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("bytes that unpack to 33554432");
    assertThatThrownBy(() -> ZipArchive.open(path, new ZipArchive.Limits(10, 1 << 20, 5000)))
        .hasMessageContaining("the archive has over 1048576 bytes when unpacked");
    assertThatThrownBy(() -> ZipArchive.open(path, new ZipArchive.Limits(1, 1 << 30, 5000)))
        .hasMessageContaining("the archive has 2 entries, more than the 1 allowed");
    try (ZipArchive zip = ZipArchive.open(path, new ZipArchive.Limits(2, 1 << 30, 5000))) {
      assertThat(zip.size("zeros")).isEqualTo(1 << 25);
    }
  }

  @Test
  void whatIsNoZipSaysSo() throws IOException {
    Path text = Files.writeString(folder.resolve("x.keras"), "hello");
    assertThatThrownBy(() -> ZipArchive.open(text))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(text + ": expected a zip file, found something else");
    assertThatThrownBy(() -> ZipArchive.open(folder.resolve("none")))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("there is no such file. Check the path.");
    assertThatThrownBy(() -> ZipArchive.open(folder))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("found a folder. Name a file.");
  }

  @Test
  void aDamagedArchiveIsReadOrRefused() throws IOException {
    byte[] whole = Files.readAllBytes(sample());
    Path path = folder.resolve("damaged.zip");
    int refused = 0;
    for (int round = 0; round < 200; round++) {
      Random random = new Random(round);
      byte[] bytes = whole.clone();
      for (int i = 0; i < 3; i++) {
        // Most of the file is one entry of zeros, so aim at both ends.
        int at = random.nextInt(400);
        bytes[random.nextBoolean() ? at : bytes.length - 1 - at] = (byte) random.nextInt();
      }
      Files.write(path, bytes);
      try (ZipArchive zip = ZipArchive.open(path)) {
        for (String name : List.copyOf(zip.names())) {
          zip.bytes(name);
        }
      } catch (GraftException e) {
        refused++;
        assertThat(e.getMessage()).startsWith(path.toString());
      }
    }
    assertThat(refused).isGreaterThan(50);
  }
}
