package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Examples;
import dev.graft.files.NpyArray;
import dev.graft.layers.Spec;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Tensor;

/** Examples held in memory, straight from arrays: what a golden was made with. */
record Rows(List<NpyArray> x, List<NpyArray> y) implements Examples {
  static Rows of(NpyArray x, NpyArray y) {
    return new Rows(List.of(x), List.of(y));
  }

  /** The examples from row {@code from} to {@code to}, the latter excluded. */
  Rows range(int from, int to) {
    return new Rows(cut(x, from, to), cut(y, from, to));
  }

  private static List<NpyArray> cut(List<NpyArray> arrays, int from, int to) {
    return arrays.stream()
        .map(
            array -> {
              int row = array.size() / (int) array.shape()[0];
              long[] shape = array.shape();
              shape[0] = (long) to - from;
              return NpyArray.of(
                  shape, java.util.Arrays.copyOfRange(array.floats(), from * row, to * row));
            })
        .toList();
  }

  @Override
  public int size() {
    return (int) x.get(0).shape()[0];
  }

  @Override
  public List<Field> inputs() {
    return x.stream().map(a -> new Field("", spec(a))).toList();
  }

  @Override
  public List<Field> targets() {
    return y.stream().map(a -> new Field("", spec(a))).toList();
  }

  private static Spec spec(NpyArray array) {
    long[] shape = array.shape();
    shape[0] = -1;
    return shape.length == 1 ? Spec.floats(-1, 1) : Spec.floats(shape);
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public String name(int row) {
    return "row " + row;
  }

  @Override
  public int label(int row) {
    float[] all = y.get(0).floats();
    int width = all.length / size();
    if (width == 1) {
      return (int) all[row];
    }
    int best = 0;
    for (int i = 1; i < width; i++) {
      best = all[row * width + i] > all[row * width + best] ? i : best;
    }
    return best;
  }

  @Override
  public String identity(int row) {
    StringBuilder values = new StringBuilder();
    for (NpyArray array : x) {
      int width = array.size() / (int) array.shape()[0];
      float[] all = array.floats();
      for (int i = row * width; i < (row + 1) * width; i++) {
        values.append(all[i]).append(' ');
      }
    }
    return values.toString();
  }

  @Override
  public Batch batch(int[] rows, long draw) {
    return new Batch(rows, pick(x, rows), targets(rows));
  }

  @Override
  public List<Tensor> targets(int[] rows) {
    return pick(y, rows);
  }

  private static List<Tensor> pick(List<NpyArray> arrays, int[] rows) {
    List<Tensor> tensors = new ArrayList<>();
    for (NpyArray array : arrays) {
      float[] all = array.floats();
      int width = array.size() / (int) array.shape()[0];
      float[] picked = new float[rows.length * width];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(all, rows[i] * width, picked, i * width, width);
      }
      long[] shape = array.shape();
      shape[0] = rows.length;
      // Keras gives sparse labels and single numbers a last dimension of one.
      tensors.add(
          shape.length == 1
              ? Tensors.floats(picked, rows.length, 1)
              : Tensors.floats(picked, shape));
    }
    return tensors;
  }

  @Override
  public boolean augmented() {
    return false;
  }

  @Override
  public void close() {}
}
