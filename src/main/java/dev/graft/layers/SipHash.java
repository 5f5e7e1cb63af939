package dev.graft.layers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 of 64 bits, as TensorFlow's StringToHashBucketStrong has it. Source: Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF", 2012.
 *
 * @param low the first half of the key
 * @param high the second half of the key
 */
record SipHash(long low, long high) {
  /** The hash of {@code text}. */
  long of(byte[] text) {
    long[] v = {
      low ^ 0x736f6d6570736575L,
      high ^ 0x646f72616e646f6dL,
      low ^ 0x6c7967656e657261L,
      high ^ 0x7465646279746573L
    };
    ByteBuffer bytes = ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.remaining() >= Long.BYTES) {
      mix(v, bytes.getLong());
    }
    long last = (long) text.length << 56;
    for (int shift = 0; bytes.hasRemaining(); shift += 8) {
      last |= (bytes.get() & 0xffL) << shift;
    }
    mix(v, last);
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++) {
      round(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

  private static void mix(long[] v, long word) {
    v[3] ^= word;
    round(v);
    round(v);
    v[0] ^= word;
  }

  private static void round(long[] v) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
    v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
    v[0] = Long.rotateLeft(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
    v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
    v[2] = Long.rotateLeft(v[2], 32);
  }
}
