package dev.graft.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.MalformedFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackingTest {
  @TempDir Path root;

  private Path folder;

  @BeforeEach
  void folder() throws IOException {
    folder = Files.createDirectory(root.resolve("into"));
  }

  /** A header and its content, padded. */
  private static byte[] entry(String name, char type, String link, byte[] content, long size) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 124, String.format(Locale.ROOT, "%011o", size));
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar\00000");
    put(header, 148, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[(512 - content.length % 512) % 512]);
    return out.toByteArray();
  }

  private static byte[] file(String name, String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    return entry(name, '0', "", content, content.length);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private Path tar(byte[]... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      out.writeBytes(entry);
    }
    out.writeBytes(new byte[1024]);
    return Files.write(root.resolve("a.tar"), out.toByteArray());
  }

  private Path gzip(Path plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(Files.readAllBytes(plain));
    }
    return Files.write(root.resolve("a.tgz"), out.toByteArray());
  }

  private void unpack(Path archive) throws IOException {
    Unpacking.into(archive, folder, done -> {});
  }

  private void refused(Path archive, String text) {
    assertThatThrownBy(() -> unpack(archive))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining(text);
  }

  @Test
  void filesComeOutAndTheOnlyFolderIsLeftOut() throws IOException {
    byte[] longName = ("flowers/" + "n".repeat(150) + ".txt\0").getBytes(StandardCharsets.UTF_8);
    byte[] pax = "28 path=flowers/b/ähre.txt\n".getBytes(StandardCharsets.UTF_8);
    Path archive =
        gzip(
            tar(
                entry("flowers/", '5', "", new byte[0], 0),
                file("flowers/a/one.txt", "one"),
                entry("././@LongLink", 'L', "", longName, longName.length),
                file("flowers/nnn", "long"),
                entry("pax", 'x', "", pax, pax.length),
                file("short", "pax")));
    unpack(archive);
    assertThat(folder.resolve("a/one.txt")).hasContent("one");
    assertThat(folder.resolve("n".repeat(150) + ".txt")).hasContent("long");
    assertThat(folder.resolve("b/ähre.txt")).hasContent("pax");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "a/../../evil", "/etc/evil", "a\\..\\evil", "C:/evil"})
  void namesThatLeadOutAreRefused(String name) throws IOException {
    refused(tar(file(name, "x")), "an entry named '" + name + "', which leads out of its folder");
    assertThat(root.resolve("evil")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(chars = {'1', '2', '3', '4', '6', 'S'})
  void linksAndDevicesAreRefused(char type) throws IOException {
    refused(
        tar(entry("a/link", type, "/etc/passwd", new byte[0], 0), file("a/link/x", "x")),
        "'a/link', which is neither a file nor a folder but a link or device");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aBombIsRefusedBeforeItGrows() throws IOException {
    byte[] zeros = new byte[100_000_000];
    Path plain = tar(entry("a/zeros", '0', "", zeros, zeros.length));
    refused(gzip(plain), "bytes when unpacked, over 50 times its own size");
    assertThat(folder.resolve("a")).doesNotExist();
    refused(tar(entry("a/huge", '0', "", new byte[0], 1L << 32)), "bytes when unpacked");
  }

  @Test
  void twoFilesInOnePlaceAreRefused() throws IOException {
    refused(tar(file("a/x", "1"), file("a/x", "2")), "two entries for 'a/x'");
  }

  @Test
  void damageIsNamed() throws IOException {
    Path whole = tar(file("a/x", "1".repeat(2000)));
    byte[] bytes = Files.readAllBytes(whole);
    refused(
        Files.write(root.resolve("cut.tar"), java.util.Arrays.copyOf(bytes, 1500)),
        "cut.tar: the archive ends in the middle");
    bytes[0]++;
    refused(Files.write(root.resolve("b.tar"), bytes), "expected a .tar, .tar.gz or .zip file");
    byte[] zipped = Files.readAllBytes(gzip(whole));
    refused(
        Files.write(root.resolve("cut.tgz"), java.util.Arrays.copyOf(zipped, zipped.length / 2)),
        "cut.tgz: the archive ends in the middle");
    zipped[zipped.length / 2] ^= 0x55;
    refused(Files.write(root.resolve("bad.tgz"), zipped), "bad.tgz");
  }

  @Test
  void aZipComesOutToo() throws IOException {
    Path archive = root.resolve("a.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (String name : new String[] {"graph.pb", "sub/labels.txt"}) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.getBytes(StandardCharsets.UTF_8));
      }
    }
    unpack(archive);
    assertThat(folder.resolve("graph.pb")).hasContent("graph.pb");
    assertThat(folder.resolve("sub/labels.txt")).hasContent("sub/labels.txt");
  }
}
