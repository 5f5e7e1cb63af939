package dev.graft.scale;

import dev.graft.error.RestartException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The open lines between workers that have met, a star around worker 0: small exchanges, and signs
 * of life.
 *
 * <p>A line that breaks or falls silent ends all. Whoever works is told by an exception; a process
 * that does not come to an end by itself is ended.
 */
final class Lines implements AutoCloseable {
  /** How long a worker that is to end may take over it. */
  static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration BETWEEN_BEATS = Duration.ofSeconds(1);
  private static final int POLL_MILLIS = 50;

  private final Cluster cluster;
  private final Map<Integer, Link> links;
  private final Map<Integer, BlockingQueue<byte[]>> come = new ConcurrentHashMap<>();
  private final Map<Integer, Long> heard = new ConcurrentHashMap<>();
  private final Set<Integer> left = ConcurrentHashMap.newKeySet();
  private final AtomicReference<String> failed = new AtomicReference<>();
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(1, task -> daemon(task, "graft-workers-timer"));
  private volatile boolean leaving;
  private long exchanges;

  Lines(Cluster cluster, Map<Integer, Link> links) {
    this.cluster = cluster;
    this.links = links;
    links.forEach(
        (rank, link) -> {
          come.put(rank, new LinkedBlockingQueue<>());
          heard.put(rank, System.nanoTime());
          daemon(() -> listen(rank, link), "graft-worker-" + rank).start();
          daemon(() -> beat(link), "graft-beat-" + rank).start();
        });
    var unused =
        timer.scheduleWithFixedDelay(
            this::checkSilence, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private void listen(int rank, Link link) {
    try {
      while (true) {
        Link.Frame frame = link.receive(0);
        heard.put(rank, System.nanoTime());
        switch (frame.kind()) {
          case PART, ALL -> come.get(rank).add(frame.body());
          case LOST -> fail(new String(frame.body(), StandardCharsets.UTF_8));
          case BYE -> {
            left.add(rank);
            return;
          }
          case BEAT -> {}
          case HELLO, WELCOME, REFUSED -> throw new IOException("unexpected " + frame.kind());
        }
      }
    } catch (IOException e) {
      fail(cluster.name(rank) + " is gone");
    }
  }

  private void beat(Link link) {
    try {
      while (!leaving) {
        link.send(Link.Kind.BEAT, new byte[0]);
        Thread.sleep(BETWEEN_BEATS.toMillis());
      }
    } catch (IOException e) {
      // Whoever listens on this line says it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void checkSilence() {
    long now = System.nanoTime();
    heard.forEach(
        (rank, when) -> {
          if (!left.contains(rank) && now - when > cluster.patience().step().toNanos()) {
            fail(
                cluster.name(rank)
                    + " gave no sign of life for "
                    + Patience.text(cluster.patience().step()));
          }
        });
  }

  /** Why it is over; null while it is not. */
  String failed() {
    return failed.get();
  }

  /** Ends all for {@code reason}, a sentence without its stop. The first reason counts. */
  void fail(String reason) {
    if (leaving || !failed.compareAndSet(null, reason)) {
      return;
    }
    tell(reason);
    var unused =
        timer.schedule(
            () -> cluster.lastResort().accept(restart(reason)),
            GRACE.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Tells the others why this worker ends, and ends nothing here. */
  void tell(String reason) {
    failed.compareAndSet(null, reason);
    Set<Thread> telling = new HashSet<>();
    links.forEach(
        (rank, link) -> {
          Thread thread =
              daemon(
                  () -> {
                    try {
                      link.send(Link.Kind.LOST, reason.getBytes(StandardCharsets.UTF_8));
                    } catch (IOException e) {
                      // That one is gone already.
                    }
                  },
                  "graft-tell-" + rank);
          thread.start();
          telling.add(thread);
        });
    telling.forEach(
        thread -> {
          try {
            // A line to a worker that hangs may be full.
            thread.join(BETWEEN_BEATS.toMillis());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** The sentence a user reads. */
  static String restart(String reason) {
    return reason
        + ". All workers end; start them again with --resume to go on from the last checkpoint.";
  }

  /** Ends this process if {@code guarded} is not cancelled within {@code time} and some grace. */
  ScheduledFuture<?> guard(Duration time, String what) {
    return timer.schedule(
        () -> {
          String reason = what + " did not end within " + Patience.text(time);
          fail(reason);
          cluster.lastResort().accept(restart(failed()));
        },
        time.plus(GRACE).toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /**
   * Gives all workers the parts of all, in the order of ranks. Every worker has to call it, at the
   * same point.
   *
   * @param what names the point
   */
  byte[][] exchange(String what, byte[] mine) {
    String name = ++exchanges + " " + what;
    // Worker 0 hears of all others: it is to be the one that says who did not come.
    Duration patience = cluster.patience().join();
    Duration own = cluster.rank() == 0 ? patience : patience.plus(GRACE);
    long end = System.nanoTime() + own.toNanos();
    try {
      if (cluster.rank() == 0) {
        byte[][] parts = new byte[cluster.workers().size()][];
        parts[0] = mine;
        for (Map.Entry<Integer, Link> link : links.entrySet()) {
          parts[link.getKey()] = unpack(await(link.getKey(), what, end), name)[0];
        }
        byte[] all = pack(name, parts);
        for (Link link : links.values()) {
          link.send(Link.Kind.ALL, all);
        }
        return parts;
      }
      links.get(0).send(Link.Kind.PART, pack(name, mine));
      return unpack(await(0, what, end), name);
    } catch (IOException e) {
      fail("the line between the workers is cut: " + e.getMessage());
      throw new RestartException(restart(failed()), e);
    }
  }

  private byte[] await(int rank, String what, long end) {
    try {
      while (System.nanoTime() < end) {
        byte[] body = come.get(rank).poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (body != null) {
          return body;
        }
        if (failed() != null) {
          throw new RestartException(restart(failed()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    fail(
        cluster.name(rank)
            + " did not come to "
            + what
            + " within "
            + Patience.text(cluster.patience().join())
            + " (--join-timeout)");
    throw new RestartException(restart(failed()));
  }

  private static byte[] pack(String name, byte[]... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(name);
    out.writeInt(parts.length);
    for (byte[] part : parts) {
      out.writeInt(part.length);
      out.write(part);
    }
    return bytes.toByteArray();
  }

  private byte[][] unpack(byte[] body, String name) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
    String came = in.readUTF();
    if (!came.equals(name)) {
      throw new IOException("one is at '" + name + "', another at '" + came + "'");
    }
    byte[][] parts = new byte[in.readInt()][];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = in.readNBytes(in.readInt());
    }
    return parts;
  }

  /** Takes leave of the others: from now on nobody's end is a failure. */
  @Override
  public void close() {
    leaving = true;
    timer.shutdownNow();
    links.values().forEach(Lines::bye);
    long end = System.nanoTime() + BETWEEN_BEATS.toNanos();
    while (!left.containsAll(links.keySet()) && failed() == null && System.nanoTime() < end) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    links.values().forEach(Link::close);
  }

  private static void bye(Link link) {
    try {
      link.send(Link.Kind.BYE, new byte[0]);
    } catch (IOException e) {
      // It has left already.
    }
  }
}
