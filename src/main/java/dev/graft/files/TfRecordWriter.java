package dev.graft.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Writes a TFRecord file: records of any bytes, each with its length and checksums. Use it inside
 * {@link AtomicFiles}.
 *
 * <p>Source: tensorflow/core/lib/io/record_writer.h, TensorFlow 2.18.
 */
public final class TfRecordWriter implements AutoCloseable {
  private static final int MASK = 0xa282ead8;

  private final OutputStream out;

  /** Writes to {@code out}, which is closed with this. */
  public TfRecordWriter(OutputStream out) {
    this.out = out;
  }

  /** Starts the file {@code path}, replacing what is there. */
  public static TfRecordWriter create(Path path) throws IOException {
    return new TfRecordWriter(new BufferedOutputStream(Files.newOutputStream(path)));
  }

  /** Adds a record. */
  public void write(byte[] record) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(record.length).putInt(sum(head.array(), 8));
    out.write(head.array());
    out.write(record);
    ByteBuffer tail = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    out.write(tail.putInt(sum(record, record.length)).array());
  }

  /** CRC-32C, turned and shifted, because a CRC of data that holds CRCs is weak. */
  private static int sum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    int value = (int) crc.getValue();
    return Integer.rotateRight(value, 15) + MASK;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
