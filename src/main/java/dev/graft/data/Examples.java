package dev.graft.data;

import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;

/**
 * Examples in a fixed order, made into batches on demand. Thread-safe: several threads may call
 * {@link #batch} at once.
 */
public interface Examples extends AutoCloseable {
  /** How many examples there are. */
  int size();

  /** Shape (batch first, -1) and type of each input, under the name it is fed to; in order. */
  List<Field> inputs();

  /** Shape and type of each target; empty when the examples have no labels. */
  List<Field> targets();

  /** Class names by index; empty when the labels are no classes. */
  List<String> classes();

  /** What a person would call example {@code row}: a file name, or {@code row 17}. */
  String name(int row);

  /** The class index of example {@code row}, or -1 when it has no single class. */
  int label(int row);

  /**
   * What identifies the values of example {@code row} across runs (file path, size and time, or a
   * hash of the content), together with how it is prepared: the key of kept features.
   */
  String identity(int row);

  /**
   * SHA-256 of the contents of all examples and their labels, wherever they lie; null when they are
   * not stored anywhere. Reads everything once.
   */
  default String fingerprint() {
    return null;
  }

  /**
   * The same of example {@code row} changed at random.
   *
   * @param draw as for {@link #batch}
   */
  default String identity(int row, long draw) {
    if (draw >= 0 && augmented()) {
      throw new IllegalStateException("examples that are changed at random must say how");
    }
    return identity(row);
  }

  /**
   * The examples {@code rows}, in this order, as native tensors; the caller closes it.
   *
   * @param draw seeds random augmentation: the same draw and row give the same picture; -1 turns
   *     augmentation off
   */
  Batch batch(int[] rows, long draw);

  /** The targets of the examples {@code rows}, in this order; the caller closes them. */
  List<Tensor> targets(int[] rows);

  /** True when {@link #batch} with a draw of 0 or more gives changed pictures. */
  boolean augmented();

  /**
   * True when {@link #batch} with a draw of 0 or more mixes examples of a batch with each other.
   */
  default boolean mixed() {
    return false;
  }

  @Override
  void close();

  /** A named tensor of an example. */
  record Field(String name, Spec spec) {
    /** What {@code model} takes, in its order, under the names of its inputs. */
    public static List<Field> inputsOf(Model model) {
      Map<Ref, Spec> specs = model.specs();
      return model.inputs().stream().map(ref -> new Field(ref.layer(), specs.get(ref))).toList();
    }
  }
}
