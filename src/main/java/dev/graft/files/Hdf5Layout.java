package dev.graft.files;

import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.dataset.DatasetBase;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** How the bytes of a dataset are found in its file. */
sealed interface Hdf5Layout permits Hdf5Chunks, Hdf5Layout.Contiguous, Hdf5Layout.Repeated {
  /** The bytes of an array that was never written: a file of a few bytes may declare any size. */
  long MOST_UNWRITTEN = 1L << 26;

  /** Fails when the file cannot possibly hold what the dataset declares. */
  void checkAgainstFile();

  /** Gives the raw elements of rows {@code from} to {@code to - 1}, in order, to {@code sink}. */
  void read(long from, long to, Consumer<ByteBuffer> sink);

  static Hdf5Layout of(Hdf5Source source, Dataset dataset, Hdf5Dataset described) {
    String place = described.place();
    long bytes = described.size() * described.type().bytes();
    long rows = described.shape().length == 0 ? 1 : described.shape()[0];
    long rowBytes = rows == 0 ? 0 : bytes / rows;
    if (dataset instanceof ChunkedDataset chunked) {
      return new Hdf5Chunks(source, chunked, described);
    }
    if (dataset instanceof ContiguousDataset contiguous) {
      long base = source.read(place, () -> dataset.getHdfFile().getUserBlockSize());
      boolean empty = source.read(place, contiguous::isEmpty);
      return empty
          ? new Repeated(
              source, place, rowBytes, bytes, Hdf5Fill.element(source, dataset, described))
          : new Contiguous(source, place, rowBytes, bytes, base + contiguous.getDataAddress());
    }
    // Compact: the elements lie in the object header, which is in memory and checked already.
    ByteBuffer header = source.read(place, ((DatasetBase) dataset)::getDataBuffer);
    if (header.limit() < bytes) {
      throw source.damaged(place, "its header holds " + header.limit() + " of " + bytes + " bytes");
    }
    return new Repeated(source, place, rowBytes, bytes, header);
  }

  /** All elements in one stretch of the file. */
  record Contiguous(Hdf5Source source, String place, long rowBytes, long bytes, long start)
      implements Hdf5Layout {
    private static final int PIECE = 1 << 18;

    @Override
    public void checkAgainstFile() {
      if (start < 0 || bytes > source.size() - start) {
        throw source.damaged(
            place,
            "its "
                + bytes
                + " bytes from byte "
                + start
                + " on do not fit into the file's "
                + source.size());
      }
    }

    @Override
    public void read(long from, long to, Consumer<ByteBuffer> sink) {
      ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(PIECE, (to - from) * rowBytes));
      long at = start + from * rowBytes;
      long end = start + to * rowBytes;
      while (at < end) {
        piece.clear().limit((int) Math.min(piece.capacity(), end - at));
        source.bytes(place, piece, at);
        at += piece.position();
        sink.accept(piece.flip());
      }
    }
  }

  /** Elements known at once: one value over and over, or the few that the header itself holds. */
  record Repeated(Hdf5Source source, String place, long rowBytes, long bytes, ByteBuffer pattern)
      implements Hdf5Layout {
    @Override
    public void checkAgainstFile() {
      if (bytes > MOST_UNWRITTEN) {
        throw source.damaged(place, "it says it holds " + bytes + " bytes, none are written");
      }
    }

    @Override
    public void read(long from, long to, Consumer<ByteBuffer> sink) {
      ByteBuffer all = ByteBuffer.allocate(Math.toIntExact((to - from) * rowBytes));
      long at = from * rowBytes;
      while (all.hasRemaining()) {
        all.put(pattern.get((int) (at++ % pattern.limit())));
      }
      sink.accept(all.flip());
    }
  }
}
