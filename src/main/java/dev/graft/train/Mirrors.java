package dev.graft.train;

import dev.graft.files.Sha256;
import dev.graft.layers.WeightStore;
import dev.graft.network.Network;
import dev.graft.network.Variable;
import dev.graft.scale.Workers;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The variables of a network that several workers train: the same on all, at the beginning and
 * after every epoch. With one process there is nothing to do.
 */
final class Mirrors {
  /** Numbers sent at once. */
  private static final int PIECE = 1 << 22;

  private final Network network;
  private final Workers workers;
  private final String where;

  Mirrors(Network network, String where) {
    this.network = network;
    this.workers = network.workers();
    this.where = where;
  }

  /**
   * Makes sure that all begin with the same values.
   *
   * @param restored whether worker 0 has read them from a checkpoint, which the others may not have
   */
  void begin(boolean restored) {
    if (workers.several() && restored) {
      WeightStore mine = network.unchanging();
      List<String> names = network.variables().stream().map(Variable::name).toList();
      network.assign(names, name -> fromFirst(name, mine.values(name)));
    }
    check("at the beginning");
  }

  private float[] fromFirst(String name, float[] values) {
    for (int from = 0; from < values.length; from += PIECE) {
      float[] piece = Arrays.copyOfRange(values, from, Math.min(values.length, from + PIECE));
      float[] first = workers.first("the values of '" + name + "'", piece);
      System.arraycopy(first, 0, values, from, first.length);
    }
    return values;
  }

  /** Ends all when one has other values: sums that went wrong must not go on. */
  void check(String when) {
    if (workers.several()) {
      workers.agree(where + ", the weights " + when, checksum());
    }
  }

  private String checksum() {
    MessageDigest digest = Sha256.digest();
    // Many at a time: each run of a distributed session costs more than reading a small variable.
    WeightStore store = network.unchanging();
    for (Variable variable : network.variables()) {
      float[] values = store.values(variable.name());
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * Math.min(PIECE, values.length));
      for (int from = 0; from < values.length; from += PIECE) {
        int size = Math.min(PIECE, values.length - from);
        bytes.clear();
        bytes.asFloatBuffer().put(values, from, size);
        digest.update(bytes.array(), 0, Float.BYTES * size);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
