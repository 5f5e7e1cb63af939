package dev.graft.files;

import java.util.ArrayList;
import java.util.List;

/** A dataset that was written: its attributes may still be given until the file is closed. */
public final class Hdf5DatasetWriter {
  private final List<Hdf5Encoding.Message> messages;
  private final Hdf5AttributeWriter attributes;

  Hdf5DatasetWriter(List<Hdf5Encoding.Message> messages, Hdf5AttributeWriter attributes) {
    this.messages = messages;
    this.attributes = attributes;
  }

  public Hdf5AttributeWriter attributes() {
    return attributes;
  }

  /** Writes the object header and says where it stands. */
  long write(Hdf5Output output) {
    List<Hdf5Encoding.Message> all = new ArrayList<>(messages);
    all.addAll(attributes.messages());
    return output.append(Hdf5Encoding.objectHeader(all));
  }
}
