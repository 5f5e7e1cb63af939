package dev.graft.network;

import dev.graft.error.DataException;
import dev.graft.runtime.Beside;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.MergeV2Checkpoints;

/**
 * Checkpoints of one network, one after the other, that write what training leaves alone only once:
 * a frozen trunk. TensorFlow's format lets a checkpoint's values lie in several files, and so the
 * file of values that stay is the same in all checkpoints, by a hard link. Each is whole without
 * the others, whichever is removed. Where a file system has no hard links, or little stays, the
 * values are written each time.
 *
 * <p>Make it after all variables and all paths of the network are there.
 */
public final class PartedCheckpoint {
  /** Fewer bytes than these are not worth a file of their own. */
  private static final long LEAST = 1 << 20;

  private final Network network;
  private final List<Variable> moving;
  private final List<Variable> staying;
  private Kept kept;

  /** Values that were written before: their file, its index, and what they sum up to. */
  private record Kept(Path data, byte[] index, long sum) {}

  /** Of all variables that {@code network} has now. */
  public PartedCheckpoint(Network network) {
    this.network = network;
    moving = new ArrayList<>(network.variables());
    List<Variable> rest = network.staying();
    staying = bytes(rest) < LEAST || rest.size() == moving.size() ? List.of() : rest;
    moving.removeAll(staying);
  }

  private static long bytes(List<Variable> variables) {
    return variables.stream().mapToLong(v -> Float.BYTES * v.shape().size()).sum();
  }

  /** How many bytes of values each checkpoint writes anew. */
  public long bytes() {
    return bytes(moving);
  }

  /** Sets every variable to what {@code prefix} holds. */
  public void restore(Path prefix) {
    new Checkpoint(network, moving).restore(prefix);
    if (!staying.isEmpty()) {
      new Checkpoint(network, staying).restore(prefix);
    }
  }

  /** As {@link Held#save}, of what the variables are now. */
  public void save(Path prefix) throws IOException {
    try (Held held = hold()) {
      held.save(prefix);
    }
  }

  /** What the variables are now, to be saved while others change them. */
  public Held hold() {
    return new Held(new HeldValues(network, moving), new HeldValues(network, staying));
  }

  /** What the variables were at some time. One is saved at a time. */
  public final class Held implements AutoCloseable {
    private final HeldValues moved;
    private final HeldValues still;

    private Held(HeldValues moved, HeldValues still) {
      this.moved = moved;
      this.still = still;
    }

    /**
     * Writes {@code prefix.index} and the files {@code prefix.data-…}. While it does, there are
     * other files whose names begin with {@code prefix} and a dot.
     */
    public void save(Path prefix) throws IOException {
      if (staying.isEmpty()) {
        moved.save(prefix);
        return;
      }
      Path first = Path.of(prefix + ".moving");
      Path second = Path.of(prefix + ".still");
      // Whoever trains may set any weight, a frozen one too.
      CRC32C sum = new CRC32C();
      still.sum(sum);
      if (kept == null || kept.sum != sum.getValue() || !link(second)) {
        Beside.run(() -> still.save(second), () -> moved.save(first));
        kept = new Kept(data(second, 0, 1), Files.readAllBytes(index(second)), sum.getValue());
      } else {
        moved.save(first);
      }
      merge(List.of(first, second), prefix);
      kept = new Kept(data(prefix, 1, 2), kept.index, sum.getValue());
    }

    @Override
    public void close() {
      moved.close();
      still.close();
    }
  }

  /** Puts what was written before under another name; false when that cannot be done. */
  private boolean link(Path prefix) throws IOException {
    try {
      Files.deleteIfExists(data(prefix, 0, 1));
      Files.createLink(data(prefix, 0, 1), kept.data);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
    Files.write(index(prefix), kept.index);
    return true;
  }

  /** The data of all parts become those of {@code prefix}; TensorFlow renames the files. */
  private void merge(List<Path> prefixes, Path prefix) {
    String[] names =
        prefixes.stream().map(path -> path.toAbsolutePath().toString()).toArray(String[]::new);
    // In a graph of its own: to prune the network's for this op takes longer than the op.
    try (Graph graph = new Graph();
        Session session = Settings.standard().open(graph, Settings.Kind.TRAINING)) {
      Ops tf = Ops.create(graph);
      Op merge =
          tf.train.mergeV2Checkpoints(
              tf.array(names),
              tf.constant(prefix.toAbsolutePath().toString()),
              MergeV2Checkpoints.deleteOldDirs(false));
      session.runner().addTarget(merge).run().close();
    } catch (TensorFlowException e) {
      throw new DataException(
          "checkpoint " + prefix + " cannot be written: " + Checkpoint.reason(e), e);
    }
  }

  private static Path data(Path prefix, int number, int count) {
    return Path.of(String.format("%s.data-%05d-of-%05d", prefix, number, count));
  }

  private static Path index(Path prefix) {
    return Path.of(prefix + ".index");
  }
}
