package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Examples;
import dev.graft.layers.DType;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.network.Seeds;
import dev.graft.progress.Progress;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Tensor;

/**
 * Examples whose inputs are the outputs of the frozen part, computed once for each example (or for
 * each of some copies of it that were changed at random) and kept. Targets come from the examples
 * they were computed of.
 *
 * <p>Row {@code copy * size + example} of the store is one copy: all the outputs, one after the
 * other. Which copy a batch has is drawn anew for each example and pass.
 */
final class KeptFeatures implements Examples {
  /** The longest row, in floats, that is kept. */
  private static final long LONGEST = 1 << 27;

  private final Examples base;
  private final List<Field> fields;
  private final int copies;
  private final RowStore store;

  KeptFeatures(Examples base, List<Field> fields, int copies, RowStore store) {
    this.base = base;
    this.fields = fields;
    this.copies = copies;
    this.store = store;
  }

  /** True when all of {@code border} can be kept: floats of known size. */
  static boolean possible(Model model, List<Ref> border) {
    Map<Ref, Spec> specs = model.specs();
    return border.stream()
            .map(specs::get)
            .allMatch(spec -> spec.dtype() == DType.FLOAT32 && spec.perExample() >= 0)
        && length(fields(model, border)) <= LONGEST;
  }

  static List<Field> fields(Model model, List<Ref> border) {
    Map<Ref, Spec> specs = model.specs();
    return border.stream().map(ref -> new Field(ref.layer(), specs.get(ref))).toList();
  }

  /** How many floats all fields of one example have. */
  static long length(List<Field> fields) {
    return fields.stream().mapToLong(field -> field.spec().perExample()).sum();
  }

  /**
   * The draw that copy {@code copy} was made with; -1, which is no change, when there are no
   * copies.
   */
  static long draw(Stage.Cache how, long seed, int copy) {
    return how.copies() == 0 ? -1 : Seeds.mix(seed, copy) >>> 1;
  }

  /** Computes all rows, of {@code length} floats, and keeps them in memory. */
  static RowStore inMemory(
      Trunk trunk, int length, Examples base, long[] draws, Progress progress) {
    int size = base.size();
    MemoryRows rows = new MemoryRows(size * draws.length, length);
    progress.on(new Progress.PhaseStarted("features", (long) size * draws.length, "examples"));
    try {
      for (int copy = 0; copy < draws.length; copy++) {
        int[] all = IntStream.range(0, size).toArray();
        int[] place = {copy * size};
        try (FeatureRun run = trunk.over(base, all, draws[copy])) {
          while (run.nextBatch((outputs, count) -> place[0] = rows.put(place[0], outputs, count))) {
            progress.on(new Progress.Advanced(place[0], Map.of()));
          }
          run.tell(progress);
        }
      }
    } catch (RuntimeException | Error e) {
      rows.close();
      throw e;
    }
    progress.on(new Progress.PhaseEnded());
    return rows;
  }

  @Override
  public int size() {
    return base.size();
  }

  @Override
  public List<Field> inputs() {
    return fields;
  }

  @Override
  public List<Field> targets() {
    return base.targets();
  }

  @Override
  public List<String> classes() {
    return base.classes();
  }

  @Override
  public String name(int row) {
    return base.name(row);
  }

  @Override
  public int label(int row) {
    return base.label(row);
  }

  @Override
  public String identity(int row) {
    return base.identity(row);
  }

  @Override
  public boolean augmented() {
    return false;
  }

  /** Without a draw, the first copy. */
  private int copy(int row, long draw) {
    return copies == 1 || draw < 0 ? 0 : (int) Long.remainderUnsigned(Seeds.mix(draw, row), copies);
  }

  @Override
  public Batch batch(int[] rows, long draw) {
    List<Tensor> inputs = new ArrayList<>();
    int from = 0;
    for (Field field : fields) {
      long[] shape = field.spec().shape().asArray();
      shape[0] = rows.length;
      int length = Math.toIntExact(field.spec().perExample());
      Tensor values = Tensors.room(shape);
      inputs.add(values);
      for (int i = 0; i < rows.length; i++) {
        int place = copy(rows[i], draw) * base.size() + rows[i];
        store.get(place, from, length, values, (long) i * length);
      }
      from += length;
    }
    return new Batch(rows, inputs, base.targets(rows));
  }

  @Override
  public List<Tensor> targets(int[] rows) {
    return base.targets(rows);
  }

  /** Frees what is kept; the examples below stay open. */
  @Override
  public void close() {
    store.close();
  }
}
