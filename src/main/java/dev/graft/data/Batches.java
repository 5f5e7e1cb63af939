package dev.graft.data;

import dev.graft.runtime.NativeMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * The batches of one pass over some examples, made ahead of their use on other threads.
 *
 * <p>At most {@code ahead} batches are made and not yet taken, so memory is bounded. The order is a
 * function of the plan alone, whatever the threads do. What goes wrong on a thread is thrown by
 * {@link #next}. The caller closes each batch; {@link #close} ends a pass early and frees the rest.
 */
public final class Batches implements Iterator<Batch>, AutoCloseable {
  /** Batches made ahead of the step; two keep a processor busy while one is trained on. */
  private static final int AHEAD = 2;

  private static final String SMALLER =
      "Use smaller pictures, or in training a smaller batch_size (--batch).";

  private final Examples examples;
  private final List<int[]> groups;
  private final long draw;
  private final ExecutorService makers;
  private final Deque<Future<Batch>> ahead = new ArrayDeque<>();
  private int submitted;
  private long waited;
  private volatile boolean closed;

  private Batches(Examples examples, List<int[]> groups, long draw) {
    this.examples = examples;
    this.groups = groups;
    this.draw = draw;
    this.makers = Threads.pool(AHEAD, "graft-batch");
    fill();
  }

  /** All examples in their own order, without augmentation; the last batch may be smaller. */
  public static Batches inOrder(Examples examples, int batchSize) {
    return of(examples, IntStream.range(0, examples.size()).toArray(), batchSize, -1);
  }

  /**
   * All examples once, shuffled; the order and the augmentation are a function of {@code seed} and
   * {@code epoch}.
   */
  public static Batches shuffled(Examples examples, int batchSize, long seed, int epoch) {
    return of(examples, permutation(examples.size(), seed, epoch), batchSize, draw(seed, epoch));
  }

  /**
   * The examples {@code order}, in that order.
   *
   * @param draw seeds augmentation, see {@link Examples#batch}; -1 turns it off
   */
  public static Batches of(Examples examples, int[] order, int batchSize, long draw) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size " + batchSize);
    }
    return of(examples, groups(order, batchSize), draw);
  }

  /**
   * The batches {@code groups}, in that order.
   *
   * @param draw as above
   */
  public static Batches of(Examples examples, List<int[]> groups, long draw) {
    return new Batches(examples, List.copyOf(groups), draw);
  }

  /** The examples {@code order} in batches of {@code size}; the last may be smaller. */
  public static List<int[]> groups(int[] order, int size) {
    List<int[]> groups = new ArrayList<>();
    for (int from = 0; from < order.length; from += size) {
      groups.add(Arrays.copyOfRange(order, from, Math.min(order.length, from + size)));
    }
    return groups;
  }

  /**
   * The numbers 0 to {@code size - 1}, shuffled as a function of {@code seed} and {@code epoch}.
   */
  public static int[] permutation(int size, long seed, int epoch) {
    int[] order = IntStream.range(0, size).toArray();
    SplittableRandom random = new SplittableRandom(draw(seed, epoch));
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /** The draw that seeds augmentation in epoch {@code epoch}; never negative. */
  public static long draw(long seed, int epoch) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + epoch).nextLong() >>> 1;
  }

  /** How many batches there are in all, those taken included. */
  public int count() {
    return groups.size();
  }

  private void fill() {
    while (ahead.size() < AHEAD && submitted < groups.size()) {
      int[] rows = groups.get(submitted++);
      ahead.add(makers.submit(() -> closed ? null : made(rows)));
    }
  }

  private Batch made(int[] rows) {
    return NativeMemory.holding("examples", rows.length, SMALLER, () -> examples.batch(rows, draw));
  }

  @Override
  public boolean hasNext() {
    return !ahead.isEmpty();
  }

  @Override
  public Batch next() {
    if (ahead.isEmpty()) {
      throw new NoSuchElementException();
    }
    Future<Batch> first = ahead.remove();
    fill();
    long began = System.nanoTime();
    try {
      return first.get();
    } catch (InterruptedException e) {
      // Put back, so that closing still frees it.
      ahead.addFirst(first);
      throw Threads.interrupted(e);
    } catch (ExecutionException e) {
      throw Threads.unwrapped(e);
    } finally {
      waited += System.nanoTime() - began;
    }
  }

  /** Seconds that {@link #next} has waited: what of making batches was not hidden behind steps. */
  public double waited() {
    return waited / 1e9;
  }

  /** Waits for the batches that are being made, and frees all that were not taken. */
  @Override
  public void close() {
    // Not cancelled: a batch that is being made would be lost with its memory.
    closed = true;
    makers.shutdown();
    Threads.await(makers);
    for (Future<Batch> task : ahead) {
      try {
        Batch batch = task.get();
        if (batch != null) {
          batch.close();
        }
      } catch (ExecutionException e) {
        // It failed, and nobody asks for it any more: there is nothing to free.
      } catch (InterruptedException e) {
        throw new AssertionError("a finished task is not waited for", e);
      }
    }
    ahead.clear();
  }
}
