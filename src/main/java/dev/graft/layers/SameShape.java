package dev.graft.layers;

/** A layer whose output has the shape and the mask of its input. */
public interface SameShape extends Unary {
  @Override
  default Spec output(Spec input) {
    return input;
  }

  @Override
  default boolean keepsMask() {
    return true;
  }
}
