package dev.graft.network;

import dev.graft.error.WeightException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.train.Restore;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * All variables of a network in TensorFlow's checkpoint format (a V2 tensor bundle), under their
 * names; Python's {@code tf.train.list_variables} reads it.
 *
 * <p>The ops are added to the graph once: make one Checkpoint for a network, after all its
 * variables are there.
 */
public final class Checkpoint {
  private final Network network;
  private final List<String> names;
  private final Operand<TString> file;
  private final Op save;
  private final Op restore;

  /** Adds the saving and restoring ops for all variables {@code network} has now. */
  public Checkpoint(Network network) {
    this(network, List.copyOf(network.variables()));
  }

  /** As the other constructor, for some of the variables. */
  public Checkpoint(Network network, Collection<Variable> variables) {
    this(network, variables, Variable::name);
  }

  /**
   * As the other constructor, under names that files have.
   *
   * @param named the name of a variable in the files
   */
  public Checkpoint(
      Network network, Collection<Variable> variables, Function<Variable, String> named) {
    this.network = network;
    Ops tf = network.ops().withSubScope("checkpoint");
    names = variables.stream().map(named).toList();
    file = tf.withName("file").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    Operand<TString> keys = tf.array(names.toArray(String[]::new));
    Operand<TString> slices =
        tf.array(Collections.nCopies(names.size(), "").toArray(String[]::new));
    List<Operand<?>> reads = new ArrayList<>();
    variables.forEach(variable -> reads.add(variable.read()));
    save = tf.train.save(file, keys, slices, reads);
    Restore values =
        tf.train.restore(file, keys, slices, Collections.nCopies(names.size(), TFloat32.class));
    List<Op> assigns = new ArrayList<>();
    int i = 0;
    for (Variable variable : variables) {
      assigns.add(variable.assign(tf, value(values, i++)));
    }
    restore = tf.withControlDependencies(assigns).noOp();
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> value(Restore values, int index) {
    return (Operand<TFloat32>) values.tensors().get(index);
  }

  /** The names under which values are saved. */
  public List<String> names() {
    return names;
  }

  /** The prefix of the files, fed as a scalar string. */
  public Operand<TString> file() {
    return file;
  }

  /** The op that writes. */
  public Op saving() {
    return save;
  }

  /** The op that reads and assigns. */
  public Op restoring() {
    return restore;
  }

  /** Sets every variable to what {@code prefix} holds. */
  public void restore(Path prefix) {
    Session.Runner runner = network.session().runner();
    try (Tensor name = TString.scalarOf(prefix.toAbsolutePath().toString())) {
      network.run(runner.feed(file, name).addTarget(restore)).close();
    } catch (TensorFlowException | TFInvalidArgumentException e) {
      throw new WeightException("checkpoint " + prefix + " cannot be read: " + reason(e), e);
    }
  }

  /** The first line of what TensorFlow says. */
  static String reason(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse("");
  }
}
