package dev.graft.layers;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/**
 * One weight of a layer.
 *
 * @param name Keras's name within the layer: {@code kernel}, {@code bias}, {@code moving_mean}
 * @param shape fully known
 * @param initializer gives the first value when no file does
 * @param regularizer adds to the loss, or null
 * @param constraint is applied after each update, or null
 * @param trainable false for state such as moving statistics, which no gradient changes
 */
public record Slot(
    String name,
    Shape shape,
    Initializer initializer,
    Regularizer regularizer,
    Constraint constraint,
    boolean trainable) {
  /** A trainable weight without regularizer and constraint. */
  public static Slot of(String name, Initializer initializer, long... shape) {
    return new Slot(name, Shape.of(shape), initializer, null, null, true);
  }

  /** State that only {@link Call#update} changes. */
  public static Slot state(String name, Initializer initializer, long... shape) {
    return new Slot(name, Shape.of(shape), initializer, null, null, false);
  }

  /** The same weight with {@code regularizer} and {@code constraint}, each of which may be null. */
  public Slot with(Regularizer regularizer, Constraint constraint) {
    return new Slot(name, shape, initializer, regularizer, constraint, trainable);
  }

  /** The same weight under {@code prefix/name}, as a layer inside another one has it. */
  public Slot under(String prefix) {
    return new Slot(prefix + "/" + name, shape, initializer, regularizer, constraint, trainable);
  }

  /** The same weight under another name. */
  public Slot renamed(String other) {
    return new Slot(other, shape, initializer, regularizer, constraint, trainable);
  }

  /** The same weight, not trained. */
  public Slot frozen() {
    return new Slot(name, shape, initializer, regularizer, constraint, false);
  }

  /**
   * The trained weights, then the others, each in their order: how Keras's HDF5 files hold them.
   */
  public static List<Slot> trainableFirst(List<Slot> slots) {
    List<Slot> ordered = new ArrayList<>(slots.stream().filter(Slot::trainable).toList());
    ordered.addAll(slots.stream().filter(slot -> !slot.trainable()).toList());
    return ordered;
  }

  /** The number of elements. */
  public long size() {
    return shape.size();
  }
}
