package dev.graft.files;

import io.jhdf.ObjectHeader;
import io.jhdf.api.Dataset;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.object.message.FillValueMessage;
import java.nio.ByteBuffer;

/** The value that stands where nothing was written. */
final class Hdf5Fill {
  private Hdf5Fill() {}

  /** The bytes of one such element: what the header says, else zeros. */
  static ByteBuffer element(Hdf5Source source, Dataset dataset, Hdf5Dataset described) {
    int bytes = Math.max(1, described.type().bytes());
    return source.read(
        described.place(),
        () -> {
          ObjectHeader header = ((DatasetBase) dataset).getHeader();
          if (header.hasMessageOfType(FillValueMessage.class)) {
            FillValueMessage fill = header.getMessageOfType(FillValueMessage.class);
            if (fill.isFillValueDefined() && fill.getFillValue().limit() == bytes) {
              return fill.getFillValue().slice();
            }
          }
          if (bytes > Hdf5Layout.MOST_UNWRITTEN) {
            throw source.damaged(described.place(), "one element has " + bytes + " bytes");
          }
          return ByteBuffer.allocate(bytes);
        });
  }
}
