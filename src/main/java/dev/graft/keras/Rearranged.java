package dev.graft.keras;

import java.util.List;

/** Row-major arrays in another order of their elements. */
final class Rearranged {
  private Rearranged() {}

  /** NumPy's {@code transpose(order)} of an array of these {@code sizes}. */
  static float[] transpose(float[] values, long[] sizes, int... order) {
    int rank = sizes.length;
    int[] strides = strides(sizes);
    int[] to = new int[rank];
    int[] step = new int[rank];
    for (int i = 0; i < rank; i++) {
      to[i] = Math.toIntExact(sizes[order[i]]);
      step[i] = strides[order[i]];
    }
    float[] result = new float[values.length];
    int[] at = new int[rank];
    int from = 0;
    for (int i = 0; i < result.length; i++) {
      result[i] = values[from];
      for (int d = rank - 1; d >= 0; d--) {
        from += step[d];
        if (++at[d] < to[d]) {
          break;
        }
        from -= step[d] * to[d];
        at[d] = 0;
      }
    }
    return result;
  }

  /** NumPy's {@code flip} along the first {@code axes} dimensions. */
  static float[] flip(float[] values, long[] sizes, int axes) {
    int outer = 1;
    for (int i = 0; i < axes; i++) {
      outer *= Math.toIntExact(sizes[i]);
    }
    int inner = outer == 0 ? 0 : values.length / outer;
    float[] result = new float[values.length];
    // Turning all outer dimensions round is reading their one flat index backwards.
    for (int i = 0; i < outer; i++) {
      System.arraycopy(values, i * inner, result, (outer - 1 - i) * inner, inner);
    }
    return result;
  }

  /** Arrays of {@code rows} rows each, {@code widths} wide, side by side. */
  static float[] join(List<float[]> parts, List<Integer> widths, int rows) {
    int width = widths.stream().mapToInt(Integer::intValue).sum();
    float[] result = new float[rows * width];
    int left = 0;
    for (int p = 0; p < parts.size(); p++) {
      int w = widths.get(p);
      for (int row = 0; row < rows; row++) {
        System.arraycopy(parts.get(p), row * w, result, row * width + left, w);
      }
      left += w;
    }
    return result;
  }

  private static int[] strides(long[] sizes) {
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.toIntExact(sizes[i]);
    }
    return strides;
  }
}
