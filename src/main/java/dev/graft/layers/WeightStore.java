package dev.graft.layers;

import dev.graft.files.FloatSink;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Values of weights by {@code layer/slot}, read one at a time so that none need be held twice. */
@FunctionalInterface
public interface WeightStore {
  /** The values of {@code variable} ({@code layer/slot}) in row-major order. */
  float[] values(String variable);

  /** Gives the values of {@code variable} to {@code sink}, where the store can in pieces. */
  default void read(String variable, FloatSink sink) {
    float[] all = values(variable);
    sink.accept(all, all.length);
  }

  /** Values that can be read again and again. */
  @FunctionalInterface
  interface Values {
    /** Gives each of {@code sinks} an equal part of the values, where they can at the same time. */
    void read(List<FloatSink> sinks);
  }

  /** Has {@code work} read the values of {@code variable}, which stay until it is done. */
  default void read(String variable, Consumer<Values> work) {
    float[] all = values(variable);
    work.accept(
        sinks -> {
          for (int i = 0; i < sinks.size(); i++) {
            int from = (int) ((long) all.length * i / sinks.size());
            int to = (int) ((long) all.length * (i + 1) / sinks.size());
            sinks.get(i).accept(Arrays.copyOfRange(all, from, to), to - from);
          }
        });
  }

  /** The same values, read as fast as can be; for as long as none of them changes. */
  default WeightStore unchanging() {
    return this;
  }

  /** As {@link #unchanging()}, of these variables alone, which are best read in this order. */
  default WeightStore unchanging(List<String> variables) {
    return unchanging();
  }

  /** A store over arrays in memory. */
  static WeightStore of(Map<String, float[]> arrays) {
    return variable -> {
      float[] values = arrays.get(variable);
      if (values == null) {
        throw new IllegalArgumentException("no weight " + variable);
      }
      return values;
    };
  }
}
