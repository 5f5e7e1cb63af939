package dev.graft.data;

/**
 * {@code numpy.random.RandomState(seed)}: the Mersenne Twister MT19937 and NumPy's shuffle on it,
 * so that a split equals Keras's.
 *
 * <p>Source: NumPy {@code random/src/mt19937/mt19937.c}, {@code legacy-distributions.c}, {@code
 * mtrand.pyx} ({@code shuffle}); Matsumoto and Nishimura 1998.
 */
final class NumpyRandom {
  private static final int SIZE = 624;
  private static final int SHIFT = 397;

  private final int[] state = new int[SIZE];
  private int next = SIZE;

  /** Seeds as NumPy does with an int of 32 bits; of a longer one the low 32 bits count. */
  NumpyRandom(long seed) {
    int value = (int) seed;
    for (int i = 0; i < SIZE; i++) {
      state[i] = value;
      value = 1812433253 * (value ^ (value >>> 30)) + i + 1;
    }
  }

  /** The numbers 0 to {@code size - 1} as {@code shuffle(list(range(size)))} leaves them. */
  int[] permutation(int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    for (int i = size - 1; i > 0; i--) {
      int j = interval(i);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /** A number from 0 to {@code max}, both included. */
  private int interval(int max) {
    int mask = -1 >>> Integer.numberOfLeadingZeros(max);
    int value = nextInt() & mask;
    while (value > max) {
      value = nextInt() & mask;
    }
    return value;
  }

  private int nextInt() {
    if (next == SIZE) {
      for (int i = 0; i < SIZE; i++) {
        int bits = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
        int twist = (bits & 1) == 0 ? 0 : 0x9908b0df;
        state[i] = state[(i + SHIFT) % SIZE] ^ (bits >>> 1) ^ twist;
      }
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }
}
