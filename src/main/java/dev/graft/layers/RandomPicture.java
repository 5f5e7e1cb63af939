package dev.graft.layers;

import dev.graft.error.UnsupportedException;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A layer that in training changes each picture of a batch by numbers drawn for it, and otherwise
 * does nothing.
 *
 * <p>What is drawn and what is done with it are apart, so that the second can be held against
 * Keras.
 */
interface RandomPicture extends Unary {
  /** Whether pictures are (channels, rows, columns). */
  boolean channelsFirst();

  /** The layer's own seed, or null. */
  Integer seed();

  /** What is drawn, in Keras's meaning: (batch, numbers). */
  Operand<TFloat32> draw(Chance chance);

  /**
   * The pictures as they become.
   *
   * @param x (batch, rows, columns, channels)
   * @param in its static shape
   * @param drawn what {@link #draw} gives
   */
  Operand<TFloat32> change(Floats f, Operand<TFloat32> x, Spec in, Operand<TFloat32> drawn);

  /** The pictures of a training step: by default what is drawn decides alone. */
  default Operand<TFloat32> trained(Chance chance, Operand<TFloat32> x, Spec in) {
    return change(chance.f(), x, in, draw(chance));
  }

  @Override
  default boolean random() {
    return true;
  }

  @Override
  default Spec output(Spec input) {
    return input;
  }

  @Override
  default Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    if (!call.training()) {
      return x;
    }
    Spec in = call.specs().get(0);
    if (in.rank() != 4) {
      throw new UnsupportedException(
          className() + ": Graft trains it on (batch, rows, columns, channels), came " + in + ".");
    }
    Operand<TFloat32> last = channelsFirst() ? ChannelOrder.toLast(call.tf(), x, 4) : x;
    Spec shape = channelsFirst() ? ChannelOrder.toLast(in) : in;
    Chance chance = new Chance(call, Extent.all(call.tf(), last, shape), seed(), 0);
    Operand<TFloat32> y = trained(chance, last, shape);
    return channelsFirst() ? ChannelOrder.toFirst(call.tf(), y, 4) : y;
  }
}
