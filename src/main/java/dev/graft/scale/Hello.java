package dev.graft.scale;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a worker says first.
 *
 * @param rank which one it is
 * @param workers the addresses it knows
 * @param passport what it comes with
 */
record Hello(int rank, String workers, Passport passport) {
  private static final String VERSION = "graft workers 1";
  private static final int MOST_ENTRIES = 100;

  byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(VERSION);
    out.writeInt(rank);
    out.writeUTF(workers);
    out.writeInt(passport.entries().size());
    for (Map.Entry<String, String> entry : passport.entries().entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeUTF(entry.getValue());
    }
    return bytes.toByteArray();
  }

  static Hello read(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    if (!in.readUTF().equals(VERSION)) {
      throw new IOException("it is of another version");
    }
    int rank = in.readInt();
    String workers = in.readUTF();
    int size = in.readInt();
    if (size < 0 || size > MOST_ENTRIES) {
      throw new IOException("it is damaged");
    }
    Map<String, String> entries = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      entries.put(in.readUTF(), in.readUTF());
    }
    return new Hello(rank, workers, new Passport(entries));
  }
}
