package dev.graft.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/** Bytes made smaller as zlib does, RFC 1950. */
public final class Deflated {
  private Deflated() {}

  /** What remains of {@code data}, whose position stays; {@code level} is one of Deflater's. */
  public static byte[] of(ByteBuffer data, int level) {
    Deflater deflater = new Deflater(level);
    try {
      deflater.setInput(data.duplicate());
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(data.remaining() / 2);
      byte[] piece = new byte[1 << 14];
      while (!deflater.finished()) {
        out.write(piece, 0, deflater.deflate(piece));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }
}
