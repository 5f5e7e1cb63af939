package dev.graft.serve;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the server has done, in the text format Prometheus reads. Thread-safe.
 *
 * <p>Source: Prometheus exposition format 0.0.4.
 */
final class Metrics {
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };
  private static final double[] ROWS = {1, 2, 4, 8, 16, 32, 64, 128};
  private static final double NANOS = 1e9;

  private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final Histogram seconds = new Histogram(SECONDS);
  private final Histogram batches = new Histogram(ROWS);
  private final LongAdder running = new LongAdder();
  private volatile int waiting;

  /** Counts values up to bounds. */
  private static final class Histogram {
    private final double[] bounds;
    private final long[] counts;
    private double sum;

    Histogram(double[] bounds) {
      this.bounds = bounds;
      this.counts = new long[bounds.length + 1];
    }

    synchronized void add(double value) {
      int i = 0;
      while (i < bounds.length && value > bounds[i]) {
        i++;
      }
      counts[i]++;
      sum += value;
    }

    synchronized void into(StringBuilder text, String name, String help) {
      head(text, name, "histogram", help);
      long total = 0;
      for (int i = 0; i <= bounds.length; i++) {
        total += counts[i];
        String bound = i == bounds.length ? "+Inf" : number(bounds[i]);
        text.append(name).append("_bucket{le=\"").append(bound).append("\"} ");
        text.append(total).append('\n');
      }
      text.append(name).append("_sum ").append(number(sum)).append('\n');
      text.append(name).append("_count ").append(total).append('\n');
    }
  }

  void begin() {
    running.increment();
  }

  /** A request was answered. */
  void end(String method, int code, long nanos) {
    running.decrement();
    String labels = "{method=\"" + method + "\",code=\"" + code + "\"}";
    requests.computeIfAbsent(labels, key -> new LongAdder()).increment();
    seconds.add(nanos / NANOS);
  }

  /** A batch of {@code rows} is run. */
  void batch(int rows) {
    batches.add(rows);
  }

  /** So many rows wait now. */
  void waiting(int rows) {
    waiting = rows;
  }

  /** All of it. */
  String text() {
    StringBuilder text = new StringBuilder();
    head(text, "graft_requests_total", "counter", "Requests answered.");
    requests.forEach(
        (labels, count) ->
            text.append("graft_requests_total")
                .append(labels)
                .append(' ')
                .append(count)
                .append('\n'));
    seconds.into(text, "graft_request_seconds", "Time from a request's head to its answer.");
    batches.into(text, "graft_batch_rows", "Rows run at once.");
    gauge(text, "graft_requests_running", "Requests not answered yet.", running.sum());
    gauge(text, "graft_rows_waiting", "Rows that wait to be run.", waiting);
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    gauge(text, "graft_heap_bytes", "Java heap in use.", heap);
    return text.toString();
  }

  private static void gauge(StringBuilder text, String name, String help, long value) {
    head(text, name, "gauge", help);
    text.append(name).append(' ').append(value).append('\n');
  }

  private static void head(StringBuilder text, String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%s", value);
  }
}
