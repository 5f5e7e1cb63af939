package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TInt64;

/**
 * Keras's HashedCrossing: examples with the same words or whole numbers in all columns go into the
 * same bin. Source: keras/src/layers/preprocessing/hashed_crossing.py, Keras 3.15.
 */
public record HashedCrossing(int bins, Categories.Mode mode) implements Layer {
  /** What TensorFlow's {@code tf.sparse.cross_hashed} begins a hash with. */
  private static final long KEY = 0xDECAFCAFFEL;

  static HashedCrossing read(Config c) {
    c.ignore("dtype");
    Categories.Mode mode = Categories.mode(c, Categories.Mode.INT);
    if (mode != Categories.Mode.INT && mode != Categories.Mode.ONE_HOT) {
      throw c.get("output_mode").wrong("int or one_hot");
    }
    return new HashedCrossing(c.integer("num_bins"), mode);
  }

  private Categories encoding() {
    return new Categories(mode, bins);
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.size() < 2) {
      throw new ShapeException(
          "HashedCrossing: expected at least two inputs, came " + inputs + ".");
    }
    Spec first = inputs.get(0);
    for (Spec in : inputs) {
      boolean column = in.rank() == 1 || (in.rank() == 2 && in.size(1) == 1);
      if (!column || in.rank() != first.rank() || in.dtype().floating()) {
        throw new ShapeException(
            "HashedCrossing: expected columns of words or whole numbers, all of shape (batch) or"
                + " (batch, 1), came "
                + inputs
                + ".");
      }
    }
    return List.of(encoding().output(first, "HashedCrossing"));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Ops tf = f.tf();
    List<Operand<?>> columns = new ArrayList<>();
    boolean numbers = false;
    for (int i = 0; i < call.inputs().size(); i++) {
      Operand<?> column = call.inputs().get(i).tensor();
      boolean text = call.specs().get(i).dtype() == DType.STRING;
      numbers |= !text;
      Operand<?> words = text ? column : Categories.whole(f, column);
      columns.add(tf.reshape(words, tf.constant(new int[] {-1, 1})));
    }
    Operation crossed = crossed(tf, columns, numbers);
    Operand<TInt64> bin = crossed.output(1);
    // One a row: a cross of columns of one value each.
    Spec in = call.specs().get(0);
    Operand<TInt64> shaped = in.rank() == 1 ? bin : tf.reshape(bin, tf.constant(new int[] {-1, 1}));
    return List.of(Value.of(encoding().encode(f, shaped, in, null)));
  }

  /**
   * TensorFlow's first SparseCross, which Keras takes and for which TensorFlow-Java has no class.
   */
  private Operation crossed(Ops tf, List<Operand<?>> columns, boolean numbers) {
    org.tensorflow.Output<?>[] dense =
        columns.stream().map(Operand::asOutput).toArray(org.tensorflow.Output[]::new);
    org.tensorflow.OperationBuilder op = tf.scope().opBuilder("SparseCross", "SparseCross");
    // No sparse columns: neither indices nor values nor shapes.
    for (int i = 0; i < 3; i++) {
      op.addInputList(new org.tensorflow.Output<?>[0]);
    }
    op.addInputList(dense);
    op.setAttr("hashed_output", true);
    op.setAttr("num_buckets", bins);
    op.setAttr("hash_key", KEY);
    op.setAttr("out_type", DataType.DT_INT64);
    op.setAttr("internal_type", numbers ? DataType.DT_INT64 : DataType.DT_STRING);
    return op.build();
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("num_bins", bins);
    config.put("output_mode", mode.keras());
    if (mode == Categories.Mode.INT) {
      config.put("dtype", "int64");
    }
    return config;
  }
}
