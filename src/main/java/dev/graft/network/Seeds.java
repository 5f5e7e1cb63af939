package dev.graft.network;

/** Seeds derived from seeds, so that two uses of one seed never draw the same numbers. */
public final class Seeds {
  private Seeds() {}

  /** A seed for the purpose {@code key}, made of {@code seed} (SplitMix64's finaliser). */
  public static long mix(long seed, long key) {
    long z = seed * 0x9E3779B97F4A7C15L + key + 0x632BE59BD9B4E019L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
