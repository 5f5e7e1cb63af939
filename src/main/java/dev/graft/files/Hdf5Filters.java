package dev.graft.files;

import io.jhdf.exceptions.HdfFilterException;
import io.jhdf.filter.PipelineFilterWithData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Undoes the filters of a chunk: deflate, shuffle and fletcher32, which are those h5py and Keras
 * use.
 *
 * <p>jhdf inflates without a limit and does not verify checksums; here a chunk inflates to its own
 * size and no further, and a wrong checksum is an error. Filters beyond these are left to jhdf.
 */
final class Hdf5Filters {
  /** Deflate makes at most 1,032 bytes of one. */
  static final long MOST_EXPANSION = 1_032;

  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int FLETCHER32 = 3;

  private final List<PipelineFilterWithData> filters;

  Hdf5Filters(List<PipelineFilterWithData> filters) {
    this.filters = filters;
  }

  /** Whether {@link #undo} knows them all. */
  boolean known() {
    return filters.stream().allMatch(f -> f.getId() >= DEFLATE && f.getId() <= FLETCHER32);
  }

  /** The plain bytes of a stored chunk of {@code length} plain bytes. */
  byte[] undo(ByteBuffer stored, int length) {
    byte[] bytes = new byte[stored.remaining()];
    stored.get(bytes);
    for (int i = filters.size() - 1; i >= 0; i--) {
      PipelineFilterWithData filter = filters.get(i);
      bytes =
          switch (filter.getId()) {
            case DEFLATE -> inflate(bytes, length + 4 * i);
            case SHUFFLE -> unshuffle(bytes, filter.getFilterData());
            default -> checked(bytes);
          };
    }
    return bytes;
  }

  /** Inflates to {@code most} bytes, the chunk and a checksum for each filter before this one. */
  private static byte[] inflate(byte[] stored, int most) {
    if (most > stored.length * MOST_EXPANSION + 64) {
      throw new HdfFilterException(stored.length + " bytes cannot inflate to " + most);
    }
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stored);
      byte[] plain = new byte[most];
      int length = inflater.inflate(plain);
      if (!inflater.finished() && inflater.inflate(new byte[1]) != 0) {
        throw new HdfFilterException("a chunk inflates to more than its " + most + " bytes");
      }
      if (!inflater.finished()) {
        throw new HdfFilterException("a deflated chunk ends too early");
      }
      return length == most ? plain : Arrays.copyOf(plain, length);
    } catch (DataFormatException e) {
      throw new HdfFilterException("a deflated chunk is damaged", e);
    } finally {
      inflater.end();
    }
  }

  /** Byte k of all elements stands together; a rest that makes no element stays as it is. */
  private static byte[] unshuffle(byte[] stored, int[] settings) {
    int width = settings.length == 0 ? 0 : settings[0];
    if (width <= 0) {
      throw new HdfFilterException("shuffle over elements of " + width + " bytes");
    }
    int elements = stored.length / width;
    byte[] plain = stored.clone();
    for (int part = 0, at = 0; part < width; part++) {
      for (int element = 0; element < elements; element++) {
        plain[element * width + part] = stored[at++];
      }
    }
    return plain;
  }

  private static byte[] checked(byte[] stored) {
    int length = stored.length - 4;
    if (length < 0) {
      throw new HdfFilterException("a chunk is too short for its checksum");
    }
    int kept = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getInt(length);
    byte[] plain = Arrays.copyOf(stored, length);
    if (kept != fletcher32(plain)) {
      throw new HdfFilterException("a chunk does not match its fletcher32 checksum");
    }
    return plain;
  }

  /** HDF5's Fletcher-32: sums over big endian 16-bit words (H5checksum.c). */
  private static int fletcher32(byte[] bytes) {
    long sum1 = 0;
    long sum2 = 0;
    int even = bytes.length & ~1;
    for (int i = 0; i < even; i += 2) {
      sum1 += ((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff);
      sum2 += sum1;
      if (i % 720 == 718) {
        sum1 = (sum1 & 0xffff) + (sum1 >> 16);
        sum2 = (sum2 & 0xffff) + (sum2 >> 16);
      }
    }
    if (even != bytes.length) {
      sum1 = (sum1 & 0xffff) + (sum1 >> 16);
      sum2 = (sum2 & 0xffff) + (sum2 >> 16);
      sum1 += (bytes[even] & 0xff) << 8;
      sum2 += sum1;
    }
    sum1 = (sum1 & 0xffff) + (sum1 >> 16);
    sum2 = (sum2 & 0xffff) + (sum2 >> 16);
    sum1 = (sum1 & 0xffff) + (sum1 >> 16);
    sum2 = (sum2 & 0xffff) + (sum2 >> 16);
    return (int) ((sum2 << 16) | sum1);
  }
}
