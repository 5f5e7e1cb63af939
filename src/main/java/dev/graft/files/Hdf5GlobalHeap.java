package dev.graft.files;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes text of any length into global heap collections.
 *
 * <p>Source: HDF5 File Format Specification 3.0, section III.E. A collection takes at least 4,096
 * bytes and numbers its objects with 16 bits.
 */
final class Hdf5GlobalHeap {
  private static final int SMALLEST = 4096;
  private static final int HEAD = 16;
  private static final int FULL_BYTES = 1 << 20;
  private static final int FULL_OBJECTS = 60_000;

  private final Hdf5Output output;

  Hdf5GlobalHeap(Hdf5Output output) {
    this.output = output;
  }

  /** Writes {@code texts} and returns the 16 bytes that stand for each, one after the other. */
  byte[] put(List<byte[]> texts) {
    LittleEndian references = new LittleEndian();
    List<byte[]> held = new ArrayList<>();
    long bytes = 0;
    for (byte[] text : texts) {
      if (held.size() == FULL_OBJECTS || (bytes > 0 && bytes + text.length > FULL_BYTES)) {
        flush(held, references);
        held.clear();
        bytes = 0;
      }
      held.add(text);
      bytes += HEAD + text.length;
    }
    flush(held, references);
    return references.toArray();
  }

  private void flush(List<byte[]> texts, LittleEndian references) {
    long address = output.next();
    LittleEndian objects = new LittleEndian();
    int index = 0;
    for (byte[] text : texts) {
      if (text.length == 0) {
        references.zeros(16);
        continue;
      }
      index++;
      objects.u16(index).u16(0).zeros(4).u64(text.length).raw(text).align();
      references.u32(text.length).u64(address).u32(index);
    }
    if (index > 0) {
      output.append(collection(objects.toArray()));
    }
  }

  private static byte[] collection(byte[] objects) {
    int used = HEAD + objects.length;
    int size = Math.max(SMALLEST, used);
    LittleEndian collection =
        new LittleEndian().letters("GCOL").u8(1).zeros(3).u64(size).raw(objects);
    int free = size - used;
    if (free >= HEAD) {
      // Object 0 is the free space, its own head included.
      collection.u16(0).u16(0).zeros(4).u64(free);
    }
    return collection.zeros(size - collection.size()).toArray();
  }
}
