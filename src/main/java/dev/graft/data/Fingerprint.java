package dev.graft.data;

import dev.graft.files.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CancellationException;

/**
 * SHA-256 of what a data set holds: the contents of its examples and their labels, in order. It
 * does not depend on where files lie, what they are called or when they were written.
 */
final class Fingerprint {
  private final MessageDigest digest;

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String of(Dataset data) {
    Fingerprint print = new Fingerprint();
    data.inputs().forEach(input -> print.add(input.column(), data.rows()));
    data.targets().forEach(output -> print.add(output.target(), data.rows()));
    data.classes().forEach(print::add);
    return HexFormat.of().formatHex(print.digest.digest());
  }

  private void add(String text) {
    digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void add(Column column, int[] rows) {
    if (column instanceof Column.Pictures pictures) {
      for (int row : rows) {
        goOn();
        add(Sha256.of(pictures.files().get(row)));
      }
    } else if (column instanceof Column.Npy npy) {
      // The whole file once: reading it row by row would open it as often.
      add(Sha256.of(npy.file()));
      ByteBuffer bytes = ByteBuffer.allocate(rows.length * Integer.BYTES);
      bytes.asIntBuffer().put(rows);
      digest.update(bytes);
    } else if (column instanceof Column.Texts texts) {
      TextFeed feed = new TextFeed(texts);
      for (int row : rows) {
        add(feed.identity(row));
      }
    } else {
      int width = Column.product(column.shape());
      float[] values = new float[width];
      for (int row : rows) {
        goOn();
        column.read(row, values, 0);
        add(values, 0, width);
      }
    }
  }

  /** Much data takes minutes: whoever does not want the sum any more interrupts the thread. */
  private static void goOn() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
  }

  private void add(Target target, int[] rows) {
    for (int row : rows) {
      if (target instanceof Target.Classes classes) {
        add(Integer.toString(classes.index()[row]));
      } else if (target instanceof Target.Values values) {
        int width = Column.product(values.shape());
        add(values.values(), row * width, width);
      }
    }
  }

  private void add(float[] values, int from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES);
    bytes.asFloatBuffer().put(values, from, count);
    digest.update(bytes);
  }
}
