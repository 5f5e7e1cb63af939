package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The window that a convolution or pooling slides over the spatial dimensions.
 *
 * @param size of the window, one number a spatial dimension (1 to 3 of them)
 * @param strides steps between windows
 * @param dilation distance between neighbouring elements of the window; 1 is none
 * @param padding how the border is treated
 * @param channelsFirst true for (batch, channels, …), false for (batch, …, channels)
 */
public record Window(
    List<Integer> size,
    List<Integer> strides,
    List<Integer> dilation,
    Padding padding,
    boolean channelsFirst) {
  /** Copies its lists. */
  public Window {
    size = List.copyOf(size);
    strides = List.copyOf(strides);
    dilation = List.copyOf(dilation);
  }

  /** The window of a convolution with stride 1, no dilation and channels last. */
  public static Window of(Padding padding, Integer... size) {
    List<Integer> ones = Collections.nCopies(size.length, 1);
    return new Window(List.of(size), ones, ones, padding, false);
  }

  /** The same window with other steps. */
  public Window step(Integer... steps) {
    return new Window(size, List.of(steps), dilation, padding, channelsFirst);
  }

  static Window convolution(Config c, int rank) {
    return new Window(
        Numbers.sizes(c, "kernel_size", rank, null),
        Numbers.sizes(c, "strides", rank, 1),
        Numbers.sizes(c, "dilation_rate", rank, 1),
        Padding.read(c, rank == 1),
        ChannelOrder.first(c));
  }

  /** As a transposed convolution has it: never causal. */
  static Window transposed(Config c, int rank) {
    Padding padding = Padding.read(c);
    Window window = convolution(c, rank);
    return new Window(window.size, window.strides, window.dilation, padding, window.channelsFirst);
  }

  static Window pooling(Config c, int rank) {
    List<Integer> size = Numbers.sizes(c, "pool_size", rank, 2);
    return new Window(
        size,
        c.has("strides") ? Numbers.sizes(c, "strides", rank, null) : size,
        Collections.nCopies(rank, 1),
        Padding.read(c, false),
        ChannelOrder.first(c));
  }

  /** The number of spatial dimensions. */
  public int rank() {
    return size.size();
  }

  /** True when some element of the window is more than one step from the next. */
  public boolean dilated() {
    return dilation.stream().anyMatch(d -> d > 1);
  }

  /** True when the window moves by more than one. */
  public boolean strided() {
    return strides.stream().anyMatch(s -> s > 1);
  }

  /** The shape of a kernel of this size, with {@code more} dimensions behind. */
  List<Long> kernel(Long... more) {
    List<Long> shape = new ArrayList<>();
    size.forEach(length -> shape.add((long) length));
    shape.addAll(List.of(more));
    return shape;
  }

  /** Elements that the window spans along spatial dimension {@code i}. */
  int span(int i) {
    return (size.get(i) - 1) * dilation.get(i) + 1;
  }

  /** The output of sliding this window over {@code input}, with {@code channels} channels. */
  Spec output(Spec input, long channels) {
    checkRank(input, rank());
    long[] sizes = input.shape().asArray();
    int first = channelsFirst ? 2 : 1;
    for (int i = 0; i < rank(); i++) {
      long size = input.size(first + i);
      sizes[first + i] = padding.size(size, span(i), strides.get(i));
      if (size >= 0 && sizes[first + i] < 1) {
        throw new ShapeException(
            "the input of "
                + size
                + " is smaller than the window of "
                + span(i)
                + ". Give the network larger inputs.");
      }
    }
    sizes[channelsFirst ? 1 : rank() + 1] = channels;
    return input.with(sizes);
  }

  /** Makes another size of one. */
  interface Resized {
    /** What becomes of {@code size}, which is known, of spatial dimension {@code i}, from 0. */
    long of(int i, long size);
  }

  /** {@code input} with {@code rank} spatial dimensions of other sizes; the unknown stay so. */
  static Spec resized(Spec input, int rank, boolean channelsFirst, Resized change) {
    checkRank(input, rank);
    long[] sizes = input.shape().asArray();
    int first = channelsFirst ? 2 : 1;
    for (int i = 0; i < rank; i++) {
      if (sizes[first + i] >= 0) {
        sizes[first + i] = change.of(i, sizes[first + i]);
      }
    }
    return input.with(sizes);
  }

  /** Refuses inputs that have not {@code rank} spatial dimensions. */
  static void checkRank(Spec input, int rank) {
    if (input.rank() != rank + 2) {
      throw new ShapeException(
          "expected "
              + (rank + 2)
              + " dimensions (batch, "
              + List.of("steps", "height, width", "depth, height, width").get(rank - 1)
              + ", channels), came "
              + input.rank()
              + ".");
    }
  }

  /** The channels of {@code input}, which must be known. */
  long channels(Spec input, String what) {
    checkRank(input, rank());
    return input.known(channelsFirst ? 1 : -1, what);
  }

  /** {@code input} with the channels moved last. */
  Spec channelsLast(Spec input) {
    return channelsFirst ? ChannelOrder.toLast(input) : input;
  }

  /** The same window over data with channels last. */
  Window channelsLast() {
    return new Window(size, strides, dilation, padding, false);
  }

  void convolutionInto(Map<String, Object> config) {
    config.put("kernel_size", size);
    config.put("strides", strides);
    config.put("padding", padding.keras());
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    config.put("dilation_rate", dilation);
  }

  void poolingInto(Map<String, Object> config) {
    config.put("pool_size", size);
    config.put("padding", padding.keras());
    config.put("strides", strides);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
  }
}
