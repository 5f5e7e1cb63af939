package dev.graft.layers;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A layer that sends the batch through some of {@link PictureChanges}: those draw and change. */
interface ChosenChanges extends RandomPicture {
  PictureChanges.Strength strength();

  /** Of its layers, only those that were drawn run. */
  @Override
  default boolean branches() {
    return true;
  }

  @Override
  default Integer seed() {
    return strength().seed();
  }

  @Override
  default Operand<TFloat32> draw(Chance chance) {
    throw new IllegalStateException("its layers draw");
  }

  @Override
  default Operand<TFloat32> change(
      Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn) {
    throw new IllegalStateException("its layers change");
  }
}
