package dev.graft.serve;

import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that is cut off with a refusal where it grows longer, or takes longer, than allowed: a
 * client that sends a byte now and then would keep a thread for ever.
 */
final class LimitedInput extends InputStream {
  private final InputStream in;
  private final long most;
  private final long deadline;
  private long left;

  LimitedInput(InputStream in, ServerOptions.Limits limits) {
    this.in = in;
    this.most = limits.bodyBytes();
    this.left = most;
    this.deadline = System.nanoTime() + limits.time().toNanos();
  }

  static Refusal tooLarge(long most) {
    return new Refusal(
        Refusal.TOO_LARGE, "the request is larger than the " + most + " bytes allowed");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    if (System.nanoTime() > deadline) {
      throw new Refusal(Refusal.TOO_SLOW, "the request takes too long to arrive");
    }
    if (count > 0) {
      left -= count;
      if (left < 0) {
        throw tooLarge(most);
      }
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
