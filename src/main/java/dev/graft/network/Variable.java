package dev.graft.network;

import dev.graft.layers.Model;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A float32 resource variable in a graph.
 *
 * <p>Resource variables and not reference variables: those are overwritten by their update while
 * the backward pass still reads them.
 *
 * @param name {@code layer/weight}, or a name under {@code optimizer/}
 * @param shape fully known
 * @param trainable whether gradients are asked for
 * @param handle what apply and assign ops take
 * @param read the value; gradients are asked for this output
 */
public record Variable(
    String name, Shape shape, boolean trainable, Operand<TType> handle, Operand<TFloat32> read) {

  /** Adds a variable to the graph. */
  public static Variable create(Ops tf, String name, Shape shape, boolean trainable) {
    Graph graph = (Graph) tf.scope().env();
    String op = Names.op(name);
    Operation handle =
        graph
            .opBuilder("VarHandleOp", op, outside(tf))
            .setAttr("dtype", DataType.DT_FLOAT)
            .setAttr("shape", shape)
            .setAttr("shared_name", name)
            .build();
    Operation read =
        graph
            .opBuilder("ReadVariableOp", op + "/Read/ReadVariableOp", outside(tf))
            .addInput(handle.output(0))
            .setAttr("dtype", DataType.DT_FLOAT)
            .build();
    return new Variable(name, shape, trainable, operand(handle), operand(read));
  }

  /** A variable for a weight of a model. */
  static Variable of(Ops tf, Model.Variable weight) {
    return create(tf, weight.name(), weight.slot().shape(), weight.trainable());
  }

  /** An op that sets the variable to {@code value} after the control dependencies of {@code tf}. */
  public Op assign(Ops tf, Operand<TFloat32> value) {
    return tf.assignVariableOp(handle, value);
  }

  /** The value as a later op reads it, after the control dependencies of {@code tf}. */
  public Operand<TFloat32> readAfter(Ops tf) {
    return tf.readVariableOp(handle, TFloat32.class);
  }

  @SuppressWarnings("unchecked")
  private static <T extends TType> Operand<T> operand(Operation op) {
    return (Operand<T>) op.output(0);
  }

  /** opBuilder takes full names only in a scope of its own; control dependencies never apply. */
  private static Scope outside(Ops tf) {
    return Ops.create(tf.scope().env()).scope();
  }
}
