package dev.graft.network;

import dev.graft.error.DataException;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.Checksum;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * The values of variables as they were when it was made, whatever becomes of the variables since:
 * on the CPU they are the variables' own memory until one of them is changed, which then gets new
 * memory. Close it soon.
 */
public final class HeldValues implements AutoCloseable {
  private final List<Variable> variables;
  private final List<Tensor> values;

  /** Takes hold of what {@code variables} of {@code network} are now. */
  public HeldValues(Network network, List<Variable> variables) {
    this.variables = List.copyOf(variables);
    this.values = network.tensors(this.variables);
  }

  /** Writes all of them in TensorFlow's checkpoint format, as {@link Checkpoint} does. */
  public void save(Path prefix) {
    save(prefix, Map.of());
  }

  /**
   * As the other method, some of them in 16 bits.
   *
   * @param types the types of these, by name
   */
  public void save(Path prefix, Map<String, DataType> types) {
    // In a graph of its own: to prune the network's for this op takes longer than to make one.
    try (Graph graph = new Graph();
        Session session = Settings.standard().open(graph, Settings.Kind.TRAINING)) {
      Ops tf = Ops.create(graph);
      Session.Runner runner = session.runner();
      List<Operand<?>> saved = new ArrayList<>();
      for (int i = 0; i < variables.size(); i++) {
        Variable variable = variables.get(i);
        Operand<TFloat32> fed = tf.placeholder(TFloat32.class, Placeholder.shape(variable.shape()));
        runner.feed(fed, values.get(i));
        DataType type = types.get(variable.name());
        saved.add(type == null ? fed : tf.dtypes.cast(fed, kind(type)));
      }
      List<String> names = variables.stream().map(Variable::name).toList();
      Op save =
          tf.train.save(
              tf.constant(prefix.toAbsolutePath().toString()),
              tf.array(names.toArray(String[]::new)),
              tf.array(Collections.nCopies(names.size(), "").toArray(String[]::new)),
              saved);
      runner.addTarget(save).run().close();
    } catch (TensorFlowException | TFInvalidArgumentException e) {
      throw new DataException(
          "checkpoint " + prefix + " cannot be written: " + Checkpoint.reason(e), e);
    }
  }

  private static Class<? extends TNumber> kind(DataType type) {
    return type == DataType.DT_HALF ? TFloat16.class : TBfloat16.class;
  }

  /** Adds all bytes to {@code sum}. */
  void sum(Checksum sum) {
    values.forEach(value -> Tensors.sum(value, sum));
  }

  @Override
  public void close() {
    values.forEach(Tensor::close);
  }
}
