package dev.graft.files;

/** Takes the values of an array in their order, a piece at a time. */
@FunctionalInterface
public interface FloatSink {
  /**
   * Takes the next {@code count} values, {@code values[0]} to {@code values[count - 1]}.
   *
   * @param values a buffer that is used again for the next piece: copy what must stay
   */
  void accept(float[] values, int count);
}
