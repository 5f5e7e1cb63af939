package dev.graft.files;

import io.jhdf.HdfFile;
import io.jhdf.Superblock;
import io.jhdf.exceptions.HdfException;
import io.jhdf.storage.HdfBackingStorage;
import io.jhdf.storage.HdfFileChannel;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;

/**
 * jhdf's way to the file's bytes, with every length held against the file before memory is taken.
 *
 * <p>A damaged header may claim two gigabytes; jhdf takes them, then finds that there is nothing to
 * read.
 */
final class GuardedStorage extends HdfFileChannel {
  /** Some structures are read in blocks that reach past the file's end. */
  private static final long BEYOND = 1 << 16;

  private GuardedStorage(GuardedChannel channel, Superblock superblock) {
    super(channel, superblock);
  }

  /**
   * The file whose signature stands at byte {@code start}.
   *
   * <p>jhdf 0.13.0 has the constructor that takes a storage, but keeps it to itself.
   */
  static HdfFile open(GuardedChannel channel, long start) throws ReflectiveOperationException {
    Superblock superblock = Superblock.readSuperblock(channel, start);
    if (superblock.getBaseAddressByte() != start) {
      throw new HdfException("its base address is " + superblock.getBaseAddressByte());
    }
    Constructor<HdfFile> constructor =
        HdfFile.class.getDeclaredConstructor(HdfBackingStorage.class);
    constructor.setAccessible(true);
    return constructor.newInstance(new GuardedStorage(channel, superblock));
  }

  @Override
  public ByteBuffer readBufferFromAddress(long address, int length) {
    check(length);
    return super.readBufferFromAddress(address, length);
  }

  @Override
  public ByteBuffer map(long address, long length) {
    check(length);
    return super.map(address, length);
  }

  @Override
  public ByteBuffer mapNoOffset(long address, long length) {
    check(length);
    return super.mapNoOffset(address, length);
  }

  private void check(long length) {
    if (length < 0 || length > size() + BEYOND) {
      throw new HdfException(
          "it claims a part of " + length + " bytes, the whole file has " + size());
    }
  }
}
