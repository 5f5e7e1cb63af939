package dev.graft.files;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes an HDF5 file in the form h5py writes by default, of any size and with the same bytes for
 * the same input.
 *
 * <p>Superblock version 0, groups as symbol tables, contiguous datasets. Source: HDF5 File Format
 * Specification 3.0. Use it inside {@link AtomicFiles#write}: the file is complete only after
 * {@link #close}.
 *
 * <pre>{@code
 * AtomicFiles.write(target, path -> {
 *   try (Hdf5Writer file = Hdf5Writer.create(path)) {
 *     file.root().attributes().string("keras_version", "2.18.0");
 *     Hdf5GroupWriter weights = file.root().group("model_weights");
 *     weights.attributes().strings("layer_names", names);
 *     weights.floats("dense/dense/kernel:0", new long[] {512, 5}, kernel);
 *   }
 * });
 * }</pre>
 */
public final class Hdf5Writer implements AutoCloseable {
  private static final int SUPERBLOCK_BYTES = 96;

  private final Hdf5Output output;
  private final Hdf5GroupWriter root;

  private Hdf5Writer(Hdf5Output output) {
    this.output = output;
    root = new Hdf5GroupWriter(output, new Hdf5GlobalHeap(output), "/");
  }

  /**
   * Starts the file {@code path}, replacing what is there.
   *
   * @throws IOException when it cannot be opened for writing
   */
  public static Hdf5Writer create(Path path) throws IOException {
    return new Hdf5Writer(Hdf5Output.create(path, SUPERBLOCK_BYTES));
  }

  /**
   * Starts a file that is the part of {@code path}, which exists, from byte {@code start} on.
   *
   * @throws IOException when it cannot be opened for writing
   */
  public static Hdf5Writer within(Path path, long start) throws IOException {
    return new Hdf5Writer(Hdf5Output.within(path, start, SUPERBLOCK_BYTES));
  }

  /** The group that holds everything. */
  public Hdf5GroupWriter root() {
    return root;
  }

  /** Writes all structure and closes the file. */
  @Override
  public void close() {
    try (output) {
      Hdf5SymbolTable.Link link = root.write("");
      long end = output.next();
      LittleEndian superblock =
          new LittleEndian()
              .u8(0x89)
              .letters("HDF\r\n")
              .u8(0x1a)
              .letters("\n")
              .zeros(5)
              .u8(8) // bytes of an address
              .u8(8) // bytes of a length
              .u8(0)
              .u16(Hdf5SymbolTable.LEAF_K)
              .u16(Hdf5SymbolTable.INTERNAL_K)
              .u32(0)
              .u64(0)
              .u64(LittleEndian.UNDEFINED)
              .u64(end)
              .u64(LittleEndian.UNDEFINED);
      link.write(superblock, 0);
      output.atStart(superblock.toArray());
    }
  }
}
