package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Examples;
import dev.graft.layers.DType;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.progress.Progress;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * Examples whose inputs are the outputs of the frozen part, computed once for each example and
 * kept. Targets come from the examples they were computed of.
 */
final class KeptFeatures implements Examples {
  /** Input elements a run of the frozen part takes: eight colour pictures of 224 × 224 pixels. */
  private static final long ELEMENTS_A_RUN = 8L * 224 * 224 * 3;

  private static final int MOST_EXAMPLES_A_RUN = 64;

  private final Examples base;
  private final List<Field> fields;
  private final List<RowStore> stores;

  private KeptFeatures(Examples base, List<Field> fields, List<RowStore> stores) {
    this.base = base;
    this.fields = fields;
    this.stores = stores;
  }

  /** True when all of {@code border} can be kept: floats of known size. */
  static boolean possible(Network network, List<Ref> border) {
    Map<Ref, Spec> specs = network.model().specs();
    return border.stream()
        .map(specs::get)
        .allMatch(spec -> spec.dtype() == DType.FLOAT32 && spec.perExample() >= 0);
  }

  /** Runs the part of {@code network} up to {@code border} over all of {@code base}. */
  static KeptFeatures compute(
      Network network, List<Ref> border, Examples base, Stage.Cache where, Progress progress) {
    Map<Ref, Spec> specs = network.model().specs();
    List<Field> fields = new ArrayList<>();
    border.forEach(ref -> fields.add(new Field(ref.layer(), specs.get(ref))));
    KeptFeatures kept = new KeptFeatures(base, fields, stores(base.size(), fields, where));
    try {
      kept.fill(
          network, network.path(Path.Mode.INFERENCE, network.model().inputs(), border), progress);
    } catch (RuntimeException e) {
      kept.closeStores();
      throw e;
    }
    return kept;
  }

  private static List<RowStore> stores(int rows, List<Field> fields, Stage.Cache where) {
    long bytes = 0;
    for (Field field : fields) {
      bytes += 4L * rows * field.spec().perExample();
    }
    boolean disk =
        where == Stage.Cache.DISK
            || (where == Stage.Cache.AUTO && bytes > Runtime.getRuntime().maxMemory() / 2);
    List<RowStore> stores = new ArrayList<>();
    for (Field field : fields) {
      int length = Math.toIntExact(field.spec().perExample());
      stores.add(disk ? RowStore.onDisk(temporary(), length) : RowStore.inMemory(rows, length));
    }
    return stores;
  }

  private static java.nio.file.Path temporary() {
    try {
      return Files.createTempFile("graft-features-", ".f32");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fill(Network network, Path path, Progress progress) {
    long elements = 1;
    for (Field input : base.inputs()) {
      elements += Math.max(1, input.spec().perExample());
    }
    int size = (int) Math.max(1, Math.min(MOST_EXAMPLES_A_RUN, ELEMENTS_A_RUN / elements));
    progress.on(new Progress.PhaseStarted("features", base.size(), "examples"));
    int row = 0;
    long began = System.nanoTime();
    try (Batches batches = Batches.inOrder(base, size)) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next();
            Result result = network.run(path, batch.inputs())) {
          for (int i = 0; i < stores.size(); i++) {
            float[] values = Tensors.read(result.get(i));
            int length = values.length / batch.size();
            for (int k = 0; k < batch.size(); k++) {
              stores.get(i).put(row + k, values, k * length);
            }
          }
          row += batch.size();
          progress.on(new Progress.Advanced(row, Map.of()));
        }
      }
      progress.on(new Progress.Spent(Progress.Work.DECODE, batches.waited()));
      double seconds = (System.nanoTime() - began) / 1e9 - batches.waited();
      progress.on(new Progress.Spent(Progress.Work.TRUNK, seconds));
    }
    progress.on(new Progress.PhaseEnded());
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

  @Override
  public Batch batch(int[] rows, long draw) {
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < stores.size(); i++) {
      long[] shape = fields.get(i).spec().shape().asArray();
      shape[0] = rows.length;
      FloatBuffer buffer =
          FloatBuffer.allocate(Math.toIntExact(rows.length * fields.get(i).spec().perExample()));
      for (int row : rows) {
        stores.get(i).get(row, buffer);
      }
      inputs.add(TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(buffer.array(), false, false)));
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
    closeStores();
  }

  private void closeStores() {
    stores.forEach(RowStore::close);
  }
}
