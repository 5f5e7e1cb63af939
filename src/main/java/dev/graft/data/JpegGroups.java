package dev.graft.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;

/** Graphs for groups of JPEGs of any number, made when they are first asked for. Thread-safe. */
final class JpegGroups implements AutoCloseable {
  /** More share hardly less, and a graph of more takes longer to make. */
  private static final int MOST = 8;

  /** Bytes of files that are in memory at a time; beyond them one file is. */
  private static final long MOST_BYTES = 16 << 20;

  private final Preprocessing how;
  private final boolean fits;
  private final Map<Integer, JpegGroup> groups = new ConcurrentHashMap<>();

  JpegGroups(Preprocessing how) {
    this.how = how;
    this.fits = JpegGroup.fits(how);
  }

  /**
   * How many of a batch of {@code rows} pictures go together, so that two batches made at the same
   * time give {@code threads} threads something to do.
   */
  int size(int rows, int threads) {
    int parts = (threads + 1) / 2;
    return fits ? Math.max(1, Math.min(MOST, (rows + parts - 1) / parts)) : 1;
  }

  /**
   * The pictures in {@code files} as (files, height, width, channels), which the caller closes;
   * null when they have to be prepared one by one: some are no JPEGs, are very large, or are
   * damaged.
   *
   * @throws dev.graft.error.DataException naming a file that cannot be used
   */
  Tensor prepared(List<Path> files) {
    if (!fits || files.size() < 2) {
      return null;
    }
    List<byte[]> bytes = new ArrayList<>();
    long size = 0;
    for (Path file : files) {
      byte[] read = PictureFile.read(file);
      size += read.length;
      if (size > MOST_BYTES || !PictureFile.jpeg(read)) {
        return null;
      }
      bytes.add(read);
    }
    try {
      return groups.computeIfAbsent(files.size(), n -> new JpegGroup(how, n)).prepared(bytes);
    } catch (TFInvalidArgumentException e) {
      // One by one it is seen which of them it is.
      return null;
    }
  }

  @Override
  public void close() {
    groups.values().forEach(JpegGroup::close);
    groups.clear();
  }
}
