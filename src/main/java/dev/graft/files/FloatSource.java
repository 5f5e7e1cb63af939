package dev.graft.files;

/** Gives the values of an array in their order, a piece at a time. */
@FunctionalInterface
public interface FloatSource {
  /**
   * Fills {@code into} from its start with the next values.
   *
   * @return how many values were given, at least 1; -1 at the end
   */
  int read(float[] into);

  /** All of {@code values}. */
  static FloatSource of(float[] values) {
    return new FloatSource() {
      private int at;

      @Override
      public int read(float[] into) {
        if (at == values.length) {
          return -1;
        }
        int count = Math.min(into.length, values.length - at);
        System.arraycopy(values, at, into, 0, count);
        at += count;
        return count;
      }
    };
  }
}
