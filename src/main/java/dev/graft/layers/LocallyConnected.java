package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras 2's LocallyConnected1D and LocallyConnected2D: a convolution with a kernel of its own at
 * every place.
 *
 * <p>In (batch, …, channels), out (batch, …, filters). Source: keras/src/layers/locally_connected,
 * tf_keras 2.18.
 *
 * @param implementation Keras's, which decides the shape of the kernel: 1 has (places, window ·
 *     channels, filters), 2 one kernel over the whole input, most of it unused
 */
public record LocallyConnected(int filters, Window window, int implementation, Affine affine)
    implements Unary {
  static LocallyConnected read(Config c, int rank) {
    int implementation = c.integer("implementation", 1);
    if (implementation != 1 && implementation != 2) {
      throw new UnsupportedException(
          c.where("implementation")
              + ": Graft has the kernels of implementations 1 and 2; it came as "
              + implementation
              + ". Save the layer as one of those.");
    }
    Window window = Window.convolution(c, rank);
    if (implementation == 1 && window.padding() != Padding.VALID) {
      throw c.get("padding").wrong("valid, as Keras with implementation 1");
    }
    return new LocallyConnected(c.integer("filters"), window, implementation, Affine.read(c));
  }

  private int rank() {
    return window.rank();
  }

  @Override
  public String className() {
    return "LocallyConnected" + rank() + "D";
  }

  @Override
  public Spec output(Spec input) {
    window.channels(input, className());
    return window.output(input, filters);
  }

  /** Spatial sizes, which the weights depend on. */
  private long[] places(Spec spec) {
    int first = window.channelsFirst() ? 2 : 1;
    return IntStream.range(0, rank()).mapToLong(i -> spec.known(first + i, className())).toArray();
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    Spec in = inputs.get(0);
    long channels = window.channels(in, className());
    long[] from = places(in);
    long[] to = places(output(in));
    List<Long> kernel = new ArrayList<>();
    if (implementation == 1) {
      kernel.add(product(to));
      kernel.add(channels * window.size().stream().mapToLong(n -> n).reduce(1, (a, b) -> a * b));
      kernel.add((long) filters);
    } else {
      kernel.addAll(ordered(channels, from));
      kernel.addAll(ordered(filters, to));
    }
    List<Slot> slots = new ArrayList<>();
    slots.add(affine.kernel().slot("kernel", kernel.stream().mapToLong(Long::longValue).toArray()));
    if (affine.useBias()) {
      long[] bias = java.util.Arrays.copyOf(to, rank() + 1);
      bias[rank()] = filters;
      slots.add(affine.bias().slot("bias", bias));
    }
    return slots;
  }

  private static long product(long... sizes) {
    return java.util.Arrays.stream(sizes).reduce(1, Math::multiplyExact);
  }

  /** The sizes with the channels where the layer has them. */
  private List<Long> ordered(long channels, long... sizes) {
    List<Long> all = new ArrayList<>();
    java.util.Arrays.stream(sizes).forEach(all::add);
    all.add(window.channelsFirst() ? 0 : all.size(), channels);
    return all;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Spec in = call.specs().get(0);
    Extent batch = Extent.all(f.tf(), x, in)[0];
    long[] to = places(output(in));
    Operand<TFloat32> y =
        implementation == 1 ? local(call, x, in, batch) : whole(call, x, in, batch);
    if (affine.useBias()) {
      Operand<TFloat32> bias = call.weight("bias");
      if (window.channelsFirst()) {
        // Keras reads the values anew in this shape; it does not move the channels.
        bias = f.reshape(bias, extents(f, ordered(filters, to)));
      }
      y = f.add(y, bias);
    }
    y = affine.activation().apply(f.tf(), y);
    Regularizers.activity(call, affine.activityRegularizer(), y);
    return y;
  }

  private static Extent[] extents(Floats f, List<Long> sizes) {
    return sizes.stream().map(size -> Extent.of(f.tf(), size)).toArray(Extent[]::new);
  }

  private static Extent[] after(Extent batch, Extent... sizes) {
    Extent[] all = new Extent[sizes.length + 1];
    all[0] = batch;
    System.arraycopy(sizes, 0, all, 1, sizes.length);
    return all;
  }

  /** Every place's window times its own kernel. */
  private Operand<TFloat32> local(Call call, Operand<TFloat32> given, Spec in, Extent batch) {
    Floats f = Floats.of(call);
    boolean first = window.channelsFirst();
    Operand<TFloat32> x = first ? ChannelOrder.toLast(f.tf(), given, rank() + 2) : given;
    long channels = window.channels(in, className());
    long[] to = places(output(in));
    Extent[] flat = {batch, Extent.of(f.tf(), product(to)), Extent.of(f.tf(), channels)};
    List<Operand<TFloat32>> parts = new ArrayList<>();
    int[] at = new int[rank()];
    do {
      Operand<TFloat32> part = x;
      for (int i = 0; i < rank(); i++) {
        int step = window.strides().get(i);
        part = f.slice(part, i + 1, at[i], Extent.of(f.tf(), at[i] + (to[i] - 1) * step + 1), step);
      }
      parts.add(f.reshape(part, flat));
    } while (next(at));
    // (batch, places, window, channels), or with channels first in each window.
    Operand<TFloat32> windows =
        f.tf().stack(parts, org.tensorflow.op.core.Stack.axis(first ? 3L : 2L));
    Operand<TFloat32> rows =
        f.reshape(windows, batch, flat[1], Extent.of(f.tf(), channels * parts.size()));
    Operand<TFloat32> product =
        f.tf().train.batchMatMul(f.transpose(rows, 1, 0, 2), call.weight("kernel"), TFloat32.class);
    Operand<TFloat32> y =
        f.reshape(f.transpose(product, 1, 0, 2), after(batch, extents(f, last(to))));
    return first ? ChannelOrder.toFirst(f.tf(), y, rank() + 2) : y;
  }

  private List<Long> last(long... sizes) {
    List<Long> all = new ArrayList<>();
    java.util.Arrays.stream(sizes).forEach(all::add);
    all.add((long) filters);
    return all;
  }

  /** The next element of the window, the last dimension fastest; false after the last. */
  private boolean next(int... at) {
    for (int i = rank() - 1; i >= 0; i--) {
      if (++at[i] < window.size().get(i)) {
        return true;
      }
      at[i] = 0;
    }
    return false;
  }

  /** One product with the whole kernel, of which a mask leaves the windows. */
  private Operand<TFloat32> whole(Call call, Operand<TFloat32> x, Spec in, Extent batch) {
    Floats f = Floats.of(call);
    long channels = window.channels(in, className());
    long[] from = places(in);
    long[] to = places(output(in));
    List<Long> thin = new ArrayList<>(ordered(1, from));
    thin.addAll(ordered(1, to));
    Operand<TFloat32> mask = f.reshape(f.tf().constant(mask(from, to)), extents(f, thin));
    int inputs = Math.toIntExact(product(from) * channels);
    Operand<TFloat32> kernel =
        f.tf().reshape(f.mul(call.weight("kernel"), mask), f.ints(inputs, -1));
    Operand<TFloat32> rows = f.tf().reshape(x, f.ints(-1, inputs));
    return f.reshape(
        f.tf().linalg.matMul(rows, kernel), after(batch, extents(f, ordered(filters, to))));
  }

  /** For every input place and every output place: whether the one is in the other's window. */
  private float[] mask(long[] from, long[] to) {
    int ins = Math.toIntExact(product(from));
    int outs = Math.toIntExact(product(to));
    float[] mask = new float[Math.multiplyExact(ins, outs)];
    for (int i = 0; i < ins; i++) {
      for (int o = 0; o < outs; o++) {
        boolean seen = true;
        int restIn = i;
        int restOut = o;
        for (int d = rank() - 1; d >= 0; d--) {
          long start = (restOut % to[d]) * window.strides().get(d) - before(d);
          long off = restIn % from[d] - start;
          seen &= off >= 0 && off < window.size().get(d);
          restIn = (int) (restIn / from[d]);
          restOut = (int) (restOut / to[d]);
        }
        mask[i * outs + o] = seen ? 1 : 0;
      }
    }
    return mask;
  }

  /** Places before the input that the first window covers. Keras centres windows so. */
  private long before(int dimension) {
    return window.padding() == Padding.VALID ? 0 : window.size().get(dimension) / 2;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("filters", filters);
    window.convolutionInto(config);
    config.remove("dilation_rate");
    affine.into(config);
    config.put("implementation", implementation);
    return config;
  }
}
