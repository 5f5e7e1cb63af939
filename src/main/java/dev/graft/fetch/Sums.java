package dev.graft.fetch;

import dev.graft.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file's checksums, read once.
 *
 * @param md5 what Keras names
 * @param sha256 what is harder to forge
 */
record Sums(String md5, String sha256) {
  static Sums of(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] piece = new byte[1 << 16];
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        md5.update(piece, 0, count);
        sha256.update(piece, 0, count);
      }
      HexFormat hex = HexFormat.of();
      return new Sums(hex.formatHex(md5.digest()), hex.formatHex(sha256.digest()));
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage() + ".", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5 and SHA-256", e);
    }
  }

  /** Null when {@code item} is this, else the checksum that differs: "md5 A, expected B". */
  String differs(Published.Item item) {
    if (item.sha256() != null && !item.sha256().equals(sha256)) {
      return "sha256 " + sha256 + ", expected " + item.sha256();
    }
    if (item.md5() != null && !item.md5().equals(md5)) {
      return "md5 " + md5 + ", expected " + item.md5();
    }
    return null;
  }
}
