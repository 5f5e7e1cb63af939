package dev.graft.layers;

import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Convolutions over 1, 2 or 3 spatial dimensions, channels last, built only from ops whose
 * gradients TensorFlow computes right: dilation goes through SpaceToBatchND (the native dilated
 * gradients are wrong), three dimensions through two (Conv3D has no gradient).
 *
 * @param tf where the ops are written
 * @param in the static shape of the input, channels last
 * @param window the window, channels last
 */
record Convolutions(Ops tf, Spec in, Window window) {
  private Floats floats() {
    return new Floats(tf);
  }

  /** Kernel (window…, channels / groups, filters); the groups follow from the shapes. */
  Operand<TFloat32> convolve(Operand<TFloat32> x, Operand<TFloat32> kernel) {
    if (window.padding() == Padding.CAUSAL) {
      return causal(x, kernel);
    }
    return switch (window.rank()) {
      case 1 -> flat(x, (wide, y) -> wide.convolve(y, floats().expand(kernel, 0)));
      case 2 ->
          window.dilated()
              ? spread(x, y -> tf.nn.conv2d(y, kernel, strides(1, 1), "VALID"))
              : tf.nn.conv2d(
                  x,
                  kernel,
                  strides(window.strides().get(0), window.strides().get(1)),
                  window.padding().name());
      default -> new Convolutions3(this).convolve(x, kernel);
    };
  }

  /** Pads the steps (dimension 1) on the left, so that no output sees a later step. */
  private Operand<TFloat32> causal(Operand<TFloat32> x, Operand<TFloat32> kernel) {
    Extent none = Extent.of(tf, 0);
    Extent[] keep = {none, none};
    int left = window.span(0) - 1;
    Operand<TFloat32> y = floats().pad(x, keep, new Extent[] {Extent.of(tf, left), none}, keep);
    long steps = in.size(1) < 0 ? -1 : in.size(1) + left;
    Window valid =
        new Window(window.size(), window.strides(), window.dilation(), Padding.VALID, false);
    return new Convolutions(tf, in.with(in.size(0), steps, in.size(2)), valid).convolve(y, kernel);
  }

  /** Kernel (window…, channels, multiplier) over 1 or 2 dimensions. */
  Operand<TFloat32> depthwise(Operand<TFloat32> x, Operand<TFloat32> kernel) {
    if (window.rank() == 1) {
      return flat(x, (wide, y) -> wide.depthwise(y, floats().expand(kernel, 0)));
    }
    List<Integer> steps = window.strides();
    if (window.dilated() || !steps.get(0).equals(steps.get(1))) {
      // The native op takes equal strides only: run with stride 1 and keep what is asked for.
      return spread(x, y -> tf.nn.depthwiseConv2dNative(y, kernel, strides(1, 1), "VALID"));
    }
    return tf.nn.depthwiseConv2dNative(
        x, kernel, strides(steps.get(0), steps.get(1)), window.padding().name());
  }

  /**
   * The gradient of a convolution as a layer of its own; kernel (window…, filters, channels).
   *
   * @param out the static shape of the output, channels last
   */
  Operand<TFloat32> transpose(Operand<TFloat32> x, Operand<TFloat32> kernel, Extent[] out) {
    Floats f = floats();
    if (window.rank() == 1) {
      Extent[] wide = {out[0], Extent.of(tf, 1), out[1], out[2]};
      return flat(x, (conv, y) -> conv.transpose(y, f.expand(kernel, 0), wide));
    }
    if (window.rank() == 3) {
      return new Convolutions3(this).transpose(x, kernel, out);
    }
    List<Integer> steps = window.strides();
    return tf.nn.conv2dBackpropInput(
        Extent.vector(tf, out),
        kernel,
        x,
        strides(steps.get(0), steps.get(1)),
        window.padding().name(),
        org.tensorflow.op.nn.Conv2dBackpropInput.dilations(
            strides(window.dilation().get(0), window.dilation().get(1))));
  }

  private static List<Long> strides(long rows, long columns) {
    return List.of(1L, rows, columns, 1L);
  }

  /** One spatial dimension as a picture of height 1. */
  private Operand<TFloat32> flat(
      Operand<TFloat32> x, BiFunction<Convolutions, Operand<TFloat32>, Operand<TFloat32>> then) {
    Window wide =
        new Window(
            List.of(1, window.size().get(0)),
            // Equal strides, which the depthwise op wants; a picture of height 1 has one row.
            List.of(window.strides().get(0), window.strides().get(0)),
            List.of(1, window.dilation().get(0)),
            window.padding(),
            false);
    Spec picture = in.with(in.size(0), 1, in.size(1), in.size(2));
    Operand<TFloat32> y = then.apply(new Convolutions(tf, picture, wide), floats().expand(x, 1));
    return floats().squeeze(y, 1);
  }

  /**
   * Runs {@code valid}, a convolution without padding and with stride 1, on the picture padded by
   * hand and cut into {@code dilation} interleaved pictures; then applies the strides.
   */
  private Operand<TFloat32> spread(
      Operand<TFloat32> x, java.util.function.UnaryOperator<Operand<TFloat32>> valid) {
    Floats f = floats();
    int[] block = new int[2];
    Extent none = Extent.of(tf, 0);
    Extent[][] pads = new Extent[2][];
    Extent[][] crops = new Extent[2][];
    for (int i = 0; i < 2; i++) {
      Extent size = Extent.of(tf, x, in, i + 1);
      Extent[] border = border(size, i);
      block[i] = window.dilation().get(i);
      Extent rest = size.plus(border[0]).plus(border[1]).upTo(block[i]);
      pads[i] = new Extent[] {border[0], border[1].plus(rest)};
      crops[i] = new Extent[] {none, rest};
    }
    Operand<TFloat32> y;
    if (window.dilated()) {
      y = tf.spaceToBatchNd(x, tf.constant(block), Extent.pairs(tf, pads));
      y = tf.batchToSpaceNd(valid.apply(y), tf.constant(block), Extent.pairs(tf, crops));
    } else {
      Extent[] keep = {none, none};
      y = valid.apply(f.pad(x, keep, pads[0], pads[1], keep));
    }
    if (!window.strided()) {
      return y;
    }
    return tf.stridedSlice(
        y,
        f.ints(0, 0, 0),
        f.ints(0, 0, 0),
        f.ints(1, window.strides().get(0), window.strides().get(1)),
        org.tensorflow.op.core.StridedSlice.beginMask(7L),
        org.tensorflow.op.core.StridedSlice.endMask(7L));
  }

  /** Zeros before and after spatial dimension {@code i} of {@code size}. */
  Extent[] border(Extent size, int i) {
    int span = window.span(i);
    int step = window.strides().get(i);
    Extent none = Extent.of(tf, 0);
    return switch (window.padding()) {
      case VALID -> new Extent[] {none, none};
      case CAUSAL -> throw new IllegalStateException("causal padding is for steps only");
      case SAME -> {
        Extent total =
            step == 1
                ? Extent.of(tf, span - 1)
                : size.plus(step - 1)
                    .over(step)
                    .plus(-1)
                    .times(step)
                    .plus(span)
                    .minus(size)
                    .orZero();
        Extent before = total.over(2);
        yield new Extent[] {before, total.minus(before)};
      }
    };
  }
}
