package dev.graft.serve;

import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import dev.graft.export.Answer;
import dev.graft.export.ServedModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.tensorflow.Tensor;

/**
 * Runs requests; those that wait at the same time and have the same signature and shapes as one
 * batch.
 *
 * <p>Nothing is delayed to fill a batch: while one runs, the next gathers by itself, so a lone
 * request waits for nobody and many at once share the cost. A batch that the model refuses is run
 * again request by request, so that one broken picture spoils no other's answer.
 */
final class Batcher implements AutoCloseable {
  /** One computes while the other gathers and writes tensors. */
  private static final int WORKERS = 2;

  private final ServedModel model;
  private final ServerOptions.Limits limits;
  private final Metrics metrics;
  private final ArrayDeque<Job> waiting = new ArrayDeque<>();
  private final List<Thread> workers = new ArrayList<>();
  private int waitingRows;
  private boolean closed;

  private record Job(
      String signature,
      Map<String, Rows> inputs,
      int rows,
      String kind,
      CompletableFuture<Map<String, Rows>> answer) {}

  Batcher(ServedModel model, ServerOptions.Limits limits, Metrics metrics) {
    this.model = model;
    this.limits = limits;
    this.metrics = metrics;
    for (int i = 0; i < WORKERS; i++) {
      Thread worker = new Thread(this::work, "graft-batch-" + i);
      worker.setDaemon(true);
      worker.start();
      workers.add(worker);
    }
  }

  /**
   * Has {@code inputs} run. Cancelling the future takes the request out of the queue.
   *
   * @throws Refusal when too many wait
   */
  CompletableFuture<Map<String, Rows>> submit(String signature, Map<String, Rows> inputs) {
    int rows = rows(inputs);
    Job job =
        new Job(
            signature,
            inputs,
            Math.max(rows, 1),
            rows < 0 ? "" : kind(inputs),
            new CompletableFuture<>());
    synchronized (waiting) {
      if (closed) {
        throw new Refusal(Refusal.BUSY, "the server is stopping");
      }
      if (!waiting.isEmpty() && waitingRows + job.rows > limits.waiting()) {
        throw new Refusal(Refusal.BUSY, "too many requests are waiting, try again later");
      }
      waiting.add(job);
      waitingRows += job.rows;
      metrics.waiting(waitingRows);
      waiting.notify();
    }
    return job.answer;
  }

  /** How many rows all inputs have, or -1 when they differ and cannot be joined with others'. */
  private static int rows(Map<String, Rows> inputs) {
    int rows = -1;
    for (Rows input : inputs.values()) {
      if (input.shape().length == 0 || (rows >= 0 && rows != input.count())) {
        return -1;
      }
      rows = input.count();
    }
    return rows;
  }

  private static String kind(Map<String, Rows> inputs) {
    StringBuilder kind = new StringBuilder();
    inputs.forEach((name, rows) -> kind.append(name).append(rows.kind()));
    return kind.toString();
  }

  private void work() {
    try {
      for (List<Job> batch = take(); !batch.isEmpty(); batch = take()) {
        run(batch);
      }
    } catch (InterruptedException e) {
      // The server has stopped.
    }
  }

  /** The request that waits longest, and all that fit to it; none when there will be no more. */
  private List<Job> take() throws InterruptedException {
    synchronized (waiting) {
      while (true) {
        while (waiting.isEmpty()) {
          if (closed) {
            return List.of();
          }
          waiting.wait();
        }
        List<Job> batch = new ArrayList<>();
        int rows = 0;
        for (Iterator<Job> jobs = waiting.iterator(); jobs.hasNext(); ) {
          Job job = jobs.next();
          boolean gone = job.answer.isDone();
          if (gone || batch.isEmpty() || fits(batch.get(0), job, rows)) {
            jobs.remove();
            waitingRows -= job.rows;
            if (!gone) {
              batch.add(job);
              rows += job.rows;
            }
          }
        }
        metrics.waiting(waitingRows);
        if (!batch.isEmpty()) {
          return batch;
        }
      }
    }
  }

  private boolean fits(Job first, Job job, int rows) {
    return rows + job.rows <= limits.batch()
        && !job.kind.isEmpty()
        && job.signature.equals(first.signature)
        && job.kind.equals(first.kind);
  }

  private void run(List<Job> batch) {
    try {
      if (batch.size() == 1 || !together(batch)) {
        for (Job job : batch) {
          alone(job);
        }
      }
    } catch (Throwable e) {
      batch.forEach(job -> job.answer.completeExceptionally(e));
    }
  }

  private void alone(Job job) {
    try {
      job.answer.complete(run(job.signature, job.inputs));
    } catch (GraftException e) {
      job.answer.completeExceptionally(e);
    }
  }

  /** False when the model refuses the batch, or its outputs are not one row an example. */
  private boolean together(List<Job> batch) {
    Map<String, Rows> joined = new LinkedHashMap<>();
    for (String name : batch.get(0).inputs.keySet()) {
      joined.put(name, Rows.join(batch.stream().map(job -> job.inputs.get(name)).toList()));
    }
    Map<String, Rows> outputs;
    try {
      outputs = run(batch.get(0).signature, joined);
    } catch (DataException e) {
      return false;
    }
    int total = batch.stream().mapToInt(Job::rows).sum();
    if (outputs.values().stream().anyMatch(o -> o.shape().length == 0 || o.count() != total)) {
      return false;
    }
    int from = 0;
    for (Job job : batch) {
      Map<String, Rows> part = new LinkedHashMap<>();
      int start = from;
      outputs.forEach((name, rows) -> part.put(name, rows.slice(start, start + job.rows)));
      job.answer.complete(part);
      from += job.rows;
    }
    return true;
  }

  private Map<String, Rows> run(String signature, Map<String, Rows> inputs) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try {
      inputs.forEach((name, rows) -> tensors.put(name, rows.tensor()));
      metrics.batch(inputs.values().iterator().next().count());
      try (Answer answer = model.run(signature, tensors)) {
        Map<String, Rows> outputs = new LinkedHashMap<>();
        answer.names().forEach(name -> outputs.put(name, Rows.read(answer.tensor(name))));
        return outputs;
      }
    } finally {
      tensors.values().forEach(Tensor::close);
    }
  }

  /** Takes no more requests, answers those that wait, and ends. */
  @Override
  public void close() {
    synchronized (waiting) {
      closed = true;
      waiting.notifyAll();
    }
    boolean interrupted = false;
    for (Thread worker : workers) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
