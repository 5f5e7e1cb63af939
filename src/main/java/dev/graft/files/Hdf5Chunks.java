package dev.graft.files;

import dev.graft.error.UnsupportedException;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.exceptions.HdfException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Elements in chunks, each stored through filters.
 *
 * <p>Read in bands: all chunks with the same first index make whole rows. One band is in memory at
 * a time.
 */
final class Hdf5Chunks implements Hdf5Layout {
  private final Hdf5Source source;
  private final ChunkedDataset dataset;
  private final Hdf5Dataset described;
  private final String place;
  private final long[] shape;
  private final int elementBytes;
  private final int[] chunkShape;

  Hdf5Chunks(Hdf5Source source, ChunkedDataset dataset, Hdf5Dataset described) {
    this.source = source;
    this.dataset = dataset;
    this.described = described;
    this.place = described.place();
    this.shape = described.shape();
    this.elementBytes = described.type().bytes();
    this.chunkShape = source.read(place, dataset::getChunkDimensions);
    if (chunkShape.length != shape.length || Arrays.stream(chunkShape).anyMatch(n -> n <= 0)) {
      throw source.damaged(
          place,
          "chunks of "
              + Arrays.toString(chunkShape)
              + " cannot make up a shape of "
              + Arrays.toString(shape));
    }
  }

  @Override
  public void checkAgainstFile() {
    double chunks = 1;
    double chunkBytes = elementBytes;
    for (int i = 0; i < shape.length; i++) {
      chunks *= Math.ceil((double) shape[i] / chunkShape[i]);
      chunkBytes *= chunkShape[i];
    }
    long bytes = described.size() * elementBytes;
    if (chunks > source.size()
        || chunkBytes > Integer.MAX_VALUE - 8
        || bytes > source.size() * Hdf5Filters.MOST_EXPANSION + MOST_UNWRITTEN) {
      throw source.damaged(
          place,
          "its "
              + bytes
              + " bytes in chunks of "
              + Arrays.toString(chunkShape)
              + " cannot lie in a file of "
              + source.size());
    }
  }

  @Override
  public void read(long from, long to, Consumer<ByteBuffer> sink) {
    long rowBytes = described.size() / shape[0] * elementBytes;
    ByteBuffer fill = Hdf5Fill.element(source, (Dataset) dataset, described);
    boolean unwritten = source.read(place, dataset::isEmpty);
    Hdf5Filters filters = source.read(place, () -> new Hdf5Filters(dataset.getFilters()));
    for (long first = from - from % chunkShape[0]; first < to; first += chunkShape[0]) {
      long rows = Math.min(chunkShape[0], shape[0] - first);
      if (rows * rowBytes > Integer.MAX_VALUE - 8) {
        throw new UnsupportedException(
            source.where(place)
                + ": one band of chunks has "
                + rows * rowBytes
                + " bytes, more than one Java array holds. Store it in smaller chunks.");
      }
      byte[] band = filled((int) (rows * rowBytes), fill);
      if (!unwritten) {
        fillBand(band, first, filters);
      }
      long skip = Math.max(0, from - first) * rowBytes;
      long end = Math.min(rows, to - first) * rowBytes;
      sink.accept(ByteBuffer.wrap(band, (int) skip, (int) (end - skip)).slice());
    }
  }

  private static byte[] filled(int length, ByteBuffer fill) {
    byte[] band = new byte[length];
    byte[] one = new byte[fill.limit()];
    fill.get(0, one);
    for (byte part : one) {
      if (part != 0) {
        for (int i = 0; i < length; i++) {
          band[i] = one[i % one.length];
        }
        break;
      }
    }
    return band;
  }

  private void fillBand(byte[] band, long first, Hdf5Filters filters) {
    int[] corner = new int[shape.length];
    corner[0] = Math.toIntExact(first);
    do {
      byte[] chunk = chunk(corner, filters);
      if (chunk != null) {
        copy(chunk, band, corner);
      }
    } while (next(corner));
  }

  /** Moves to the next chunk of the band; false when there is none. */
  private boolean next(int[] corner) {
    for (int axis = shape.length - 1; axis > 0; axis--) {
      corner[axis] += chunkShape[axis];
      if (corner[axis] < shape[axis]) {
        return true;
      }
      corner[axis] = 0;
    }
    return false;
  }

  /** The elements of the chunk at {@code corner}, or null when it was never written. */
  private byte[] chunk(int[] corner, Hdf5Filters filters) {
    int length = elementBytes * Arrays.stream(chunkShape).reduce(1, Math::multiplyExact);
    return source.read(
        place,
        () -> {
          try {
            byte[] plain =
                filters.known()
                    ? filters.undo(dataset.getRawChunkBuffer(corner), length)
                    : dataset.getDecompressedChunk(corner);
            if (plain.length != length) {
              throw new HdfException(
                  "the chunk at "
                      + Arrays.toString(corner)
                      + " has "
                      + plain.length
                      + " bytes, expected "
                      + length);
            }
            return plain;
          } catch (HdfException e) {
            if (isAbsent(e.getMessage())) {
              return null;
            }
            throw e;
          }
        });
  }

  /** jhdf 0.13.0 has no other way to say that a chunk was never written. */
  private static boolean isAbsent(String message) {
    return message.startsWith("No chunk with offset") || message.endsWith(" at address -1");
  }

  /** Copies what of {@code chunk} lies inside the dataset, a line of the last axis at a time. */
  private void copy(byte[] chunk, byte[] band, int[] corner) {
    int last = shape.length - 1;
    int length = (int) Math.min(chunkShape[last], shape[last] - corner[last]) * elementBytes;
    int lineBytes = chunkShape[last] * elementBytes;
    // The band starts at the chunk's own first row, which of a single axis is its first element.
    int column = last == 0 ? 0 : corner[last];
    for (int line = 0; line < chunk.length / lineBytes; line++) {
      long to = lineInBand(line, corner);
      if (to >= 0) {
        long at = (to * shape[last] + column) * elementBytes;
        System.arraycopy(chunk, line * lineBytes, band, (int) at, length);
      }
    }
  }

  /** Which line of the band line {@code line} of the chunk is; -1 outside the dataset. */
  private long lineInBand(int line, int[] corner) {
    long to = 0;
    long stride = 1;
    int rest = line;
    for (int axis = shape.length - 2; axis >= 0; axis--) {
      int inside = rest % chunkShape[axis];
      rest /= chunkShape[axis];
      if (corner[axis] + inside >= shape[axis]) {
        return -1;
      }
      to += (axis == 0 ? inside : corner[axis] + inside) * stride;
      stride *= shape[axis];
    }
    return to;
  }
}
