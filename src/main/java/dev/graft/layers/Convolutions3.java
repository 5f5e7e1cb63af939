package dev.graft.layers;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Convolutions over depth, height and width, as two-dimensional ones: TensorFlow's C++ registry has
 * no gradient for Conv3D.
 *
 * <p>The slices of the depth are folded into the batch, and the kernel's depth into the channels.
 */
record Convolutions3(Convolutions convolutions) {
  private static final int DEPTH = 1;

  private Ops tf() {
    return convolutions.tf();
  }

  private Floats floats() {
    return new Floats(tf());
  }

  private Window window() {
    return convolutions.window();
  }

  /** The window over height and width. */
  private Window flat() {
    Window w = window();
    return new Window(
        w.size().subList(1, 3),
        w.strides().subList(1, 3),
        w.dilation().subList(1, 3),
        w.padding(),
        false);
  }

  /**
   * {@code x} (batch, depth, height, width, channels), {@code kernel} (depth, height, width,
   * channels / groups, filters).
   */
  Operand<TFloat32> convolve(Operand<TFloat32> x, Operand<TFloat32> kernel) {
    Floats f = floats();
    Spec in = convolutions.in();
    Extent[] size = Extent.all(tf(), x, in);
    Extent none = Extent.of(tf(), 0);
    Extent[] keep = {none, none};
    Extent[] border = convolutions.border(size[DEPTH], 0);
    Operand<TFloat32> padded = f.pad(x, keep, border, keep, keep, keep);
    int step = window().strides().get(0);
    Extent deep = size[DEPTH].plus(border[0]).plus(border[1]);
    Extent out = deep.plus(-window().span(0)).over(step).plus(1);
    long[] k = kernel.shape().asArray();
    long groups = in.size(4) / k[3];
    List<Operand<TFloat32>> slices = new ArrayList<>();
    for (int i = 0; i < k[0]; i++) {
      int from = i * window().dilation().get(0);
      Extent to = out.plus(-1).times(step).plus(from + 1);
      Operand<TFloat32> slice = f.slice(padded, DEPTH, from, to, step);
      slices.add(
          f.reshape(
              slice,
              size[0].times(out),
              size[2],
              size[3],
              Extent.of(tf(), groups),
              Extent.of(tf(), k[3])));
    }
    Extent all = Extent.of(tf(), in.size(4) * k[0]);
    Operand<TFloat32> folded =
        f.reshape(f.concat(slices, 4), size[0].times(out), size[2], size[3], all);
    Operand<TFloat32> flatKernel =
        tf().reshape(
                f.transpose(kernel, 1, 2, 0, 3, 4),
                tf().constant(new long[] {k[1], k[2], k[0] * k[3], k[4]}));
    Spec picture = Spec.floats(-1, in.size(2), in.size(3), in.size(4) * k[0]);
    Operand<TFloat32> y = new Convolutions(tf(), picture, flat()).convolve(folded, flatKernel);
    Spec flatOut = flat().output(picture, k[4]);
    Extent[] sizes = Extent.all(tf(), y, flatOut);
    return f.reshape(y, size[0], out, sizes[1], sizes[2], sizes[3]);
  }

  /** Kernel (depth, height, width, filters, channels), to the sizes {@code out}. */
  Operand<TFloat32> transpose(Operand<TFloat32> x, Operand<TFloat32> kernel, Extent[] out) {
    Floats f = floats();
    Spec in = convolutions.in();
    Extent[] size = Extent.all(tf(), x, in);
    long[] k = kernel.shape().asArray();
    Extent rows = size[0].times(size[DEPTH]);
    Operand<TFloat32> folded = f.reshape(x, rows, size[2], size[3], size[4]);
    Operand<TFloat32> flatKernel =
        tf().reshape(
                f.transpose(kernel, 1, 2, 0, 3, 4),
                tf().constant(new long[] {k[1], k[2], k[0] * k[3], k[4]}));
    Extent[] flatOut = {rows, out[2], out[3], Extent.of(tf(), k[0] * k[3])};
    Spec picture = Spec.floats(-1, in.size(2), in.size(3), in.size(4));
    Operand<TFloat32> y =
        new Convolutions(tf(), picture, flat()).transpose(folded, flatKernel, flatOut);
    return f.reshape(scatter(y, k, size, out), out);
  }

  /** Adds each kernel slice's part to the depths it reaches. */
  private Operand<TFloat32> scatter(Operand<TFloat32> y, long[] k, Extent[] size, Extent[] out) {
    Floats f = floats();
    int step = window().strides().get(0);
    int dilation = window().dilation().get(0);
    Extent none = Extent.of(tf(), 0);
    Extent[] keep = {none, none};
    Extent row = out[2].times(out[3]).times(k[3]);
    Extent stuffed = size[DEPTH].plus(-1).times(step).plus(1);
    Operand<TFloat32> sum = null;
    for (int i = 0; i < k[0]; i++) {
      Operand<TFloat32> part = f.slice(y, 3, (int) (i * k[3]), Extent.of(tf(), (i + 1) * k[3]), 1);
      part = f.reshape(part, size[0], size[DEPTH], Extent.of(tf(), 1), row);
      part = f.pad(part, keep, keep, new Extent[] {none, Extent.of(tf(), step - 1)}, keep);
      part = f.reshape(part, size[0], size[DEPTH].times(step), row);
      part = f.slice(part, DEPTH, 0, stuffed, 1);
      Extent[] shift = {
        Extent.of(tf(), (long) i * dilation), Extent.of(tf(), (k[0] - 1 - i) * dilation)
      };
      part = f.pad(part, keep, shift, keep);
      sum = sum == null ? part : f.add(sum, part);
    }
    Extent full = stuffed.plus(window().span(0) - 1);
    Extent before = convolutions.border(out[DEPTH], 0)[0];
    Extent missing = before.plus(out[DEPTH]).minus(full).orZero();
    sum = f.pad(sum, keep, new Extent[] {none, missing}, keep);
    return tf().slice(
            sum,
            Extent.vector(tf(), none, before, none),
            Extent.vector(tf(), Extent.of(tf(), -1), out[DEPTH], Extent.of(tf(), -1)));
  }
}
