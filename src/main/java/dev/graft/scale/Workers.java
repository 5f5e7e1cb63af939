package dev.graft.scale;

import dev.graft.error.GraftException;
import dev.graft.error.RestartException;
import dev.graft.error.SettingException;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.TargetSession;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.JobDef;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.ServerDef;
import org.tensorflow.types.TFloat32;

/**
 * The workers that train one network together, as one of them sees it. All of them build the same
 * graphs and make the same calls in the same order.
 *
 * <p>Sums are CollectiveReduceV2 over TensorFlow's ring: every worker gets the same bits.
 */
public final class Workers implements AutoCloseable {
  /** One process by itself: sums of one are what they are. */
  public static final Workers ALONE = new Workers(Cluster.ALONE, null, "");

  private static final String JOB = "worker";
  private static final String LEADER = "/job:worker/replica:0/task:0";
  private static final int GROUP = 1;
  private static final int MOST_TRIES = 5;

  /** What a refused run leaves is cleared away by then. */
  private static final long BEFORE_NEXT_TRY_NANOS = 20_000_000;

  /** Words by which TensorFlow tells that another worker, and not the graph, is at fault. */
  private static final List<String> OF_OTHERS =
      List.of(
          "abort",
          "Unavailable",
          "UNAVAILABLE",
          "failed to connect",
          "Socket closed",
          "timed out",
          "Deadline",
          "DEADLINE",
          "ancelled",
          "Connection re",
          "recvmsg",
          "Endpoint read failed",
          "peer restart",
          "incarnation",
          "GOAWAY",
          "received twice");

  private final Cluster cluster;
  private final Lines lines;
  private final String letter;
  private int keys;

  private Workers(Cluster cluster, Lines lines, String letter) {
    this.cluster = cluster;
    this.lines = lines;
    this.letter = letter;
  }

  /**
   * Waits for all workers, and starts TensorFlow's server on this one's port.
   *
   * @param passport what has to be the same on all
   * @param letter what worker 0 tells everyone; see {@link #letter}
   * @throws SettingException when this worker is refused, or its port is in use
   * @throws RestartException when others do not come in time
   */
  public static Workers join(
      Cluster cluster, Passport passport, String letter, Settings settings, Progress progress) {
    if (!settings.device().equals("cpu")) {
      throw new SettingException(
          "--workers: several workers train on the CPU only, this one would on "
              + settings.device()
              + ". Add --device cpu.");
    }
    Meeting.Met met =
        new Meeting(cluster, passport, progress).meet(letter.getBytes(StandardCharsets.UTF_8));
    Lines lines = new Lines(cluster, met.links());
    Workers workers = new Workers(cluster, lines, new String(met.letter(), StandardCharsets.UTF_8));
    try {
      start(cluster, settings);
      // Who asks a server that is not there yet would wait for long.
      lines.exchange("the start of the servers", new byte[0]);
    } catch (RuntimeException e) {
      workers.abandon(e);
      throw e;
    }
    return workers;
  }

  private static void start(Cluster cluster, Settings settings) {
    JobDef.Builder job = JobDef.newBuilder().setName(JOB);
    for (int i = 0; i < cluster.workers().size(); i++) {
      job.putTasks(i, cluster.workers().get(i).toString());
    }
    ServerDef definition =
        ServerDef.newBuilder()
            .setCluster(ClusterDef.newBuilder().addJob(job))
            .setJobName(JOB)
            .setTaskIndex(cluster.rank())
            .setProtocol("grpc")
            .setDefaultSessionConfig(led(settings, Settings.Kind.TRAINING))
            .build();
    try {
      // It cannot be stopped: it ends with the process.
      new Server(definition).start();
    } catch (RuntimeException e) {
      throw new SettingException(
          cluster.name(cluster.rank())
              + ": TensorFlow's server does not start, most likely because another program has"
              + " taken the port: "
              + first(e),
          e);
    }
  }

  private static ConfigProto.Builder led(Settings settings, Settings.Kind kind) {
    return settings.config(kind).toBuilder()
        // A distributed session has none of its own: the server's are set once, by these numbers.
        .setUsePerSessionThreads(false)
        .setExperimental(ConfigProto.Experimental.newBuilder().setCollectiveGroupLeader(LEADER));
  }

  /** True when there are others. */
  public boolean several() {
    return lines != null;
  }

  /** This worker's number, from 0. */
  public int rank() {
    return cluster.rank();
  }

  /** How many there are. */
  public int count() {
    return several() ? cluster.workers().size() : 1;
  }

  /** What worker 0 told everyone when they met. */
  public String letter() {
    return letter;
  }

  /**
   * Opens a session on {@code graph}, whose ops and variables stay with this worker.
   *
   * @param inOrder whether ops may run one after the other, see {@link Settings#openInOrder}
   */
  public Session open(Graph graph, Settings settings, Settings.Kind kind, boolean inOrder) {
    if (!several()) {
      return inOrder ? settings.openInOrder(graph, kind) : settings.open(graph, kind);
    }
    ConfigProto config =
        led(settings, kind)
            .addDeviceFilters("/job:" + JOB + "/task:" + rank())
            // Else a second network would share the variables of the first by their names.
            .setIsolateSessionState(true)
            .build();
    // By its own name the server is found in this process, without the network.
    return TargetSession.open(graph, "grpc://" + cluster.own(), config);
  }

  /**
   * The sum of {@code mine} over all workers; the same bits on each. It runs in {@link #run} only.
   */
  @SuppressWarnings("unchecked")
  public Operand<TFloat32> sum(Ops tf, Operand<TFloat32> mine) {
    if (!several()) {
      return mine;
    }
    Graph graph = (Graph) tf.scope().env();
    Operation sum =
        graph
            .opBuilder("CollectiveReduceV2", tf.scope().makeOpName("sum"), tf.scope())
            .addInput(mine.asOutput())
            .addInput(tf.constant(count()).asOutput())
            .addInput(tf.constant(GROUP).asOutput())
            // All build the same graphs in the same order, so they count alike.
            .addInput(tf.constant(++keys).asOutput())
            .addInputList(new Output<?>[0])
            .setAttr("merge_op", "Add")
            .setAttr("final_op", "Id")
            .setAttr("communication_hint", "ring")
            // TensorFlow's own time-out there has killed the process: see run for ours.
            .setAttr("timeout_seconds", 0f)
            .build();
    return (Operand<TFloat32>) (Operand<?>) sum.output(0);
  }

  /**
   * Runs what has no sums in it.
   *
   * <p>TensorFlow 2.18 numbers the requests to a server by draws of generators that it seeds anew,
   * by 32 bits, for each run; when two fall together it refuses the second before anything is done
   * (four times in 400,000 runs). So it is asked again.
   */
  public Result run(Session.Runner runner) {
    for (int tries = 1; ; tries++) {
      try {
        return runner.run();
      } catch (RuntimeException e) {
        if (!several() || tries == MOST_TRIES || !refused(e)) {
          throw e;
        }
        LockSupport.parkNanos(BEFORE_NEXT_TRY_NANOS);
      }
    }
  }

  private static boolean refused(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("request was received twice") && message.contains("RunGraph");
  }

  /**
   * Runs what has sums in it, on all workers at once.
   *
   * @param where names the run in messages
   * @throws RestartException when another worker is gone or does not come in time
   */
  public Result run(Session.Runner runner, String where) {
    if (!several()) {
      return runner.run();
    }
    if (lines.failed() != null) {
      throw new RestartException(Lines.restart(lines.failed()));
    }
    long millis = cluster.patience().step().toMillis();
    ScheduledFuture<?> guard = lines.guard(cluster.patience().step(), where);
    try {
      return run(runner.setOptions(RunOptions.newBuilder().setTimeoutInMs(millis).build()));
    } catch (GraftException e) {
      throw e;
    } catch (RuntimeException e) {
      throw explained(e, where);
    } finally {
      guard.cancel(false);
    }
  }

  /** Another worker's end, where it is that; else {@code e} itself. */
  private RuntimeException explained(RuntimeException e, String where) {
    String message = String.valueOf(e.getMessage());
    boolean others =
        lines.failed() != null || OF_OTHERS.stream().anyMatch(word -> message.contains(word));
    if (!others) {
      return e;
    }
    // TensorFlow is often the first to notice, and does not say who it was.
    long end = System.nanoTime() + 2 * Lines.GRACE.toNanos() / 5;
    while (lines.failed() == null && System.nanoTime() < end) {
      LockSupport.parkNanos(BEFORE_NEXT_TRY_NANOS);
    }
    lines.fail(where + ": the other workers do not answer (" + first(e) + ")");
    return new RestartException(Lines.restart(lines.failed()), e);
  }

  private static String first(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }

  /** The sums of each number over all workers, in the order of ranks; the same bits on each. */
  public double[] sum(String what, double[] mine) {
    if (!several()) {
      return mine;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * mine.length);
    bytes.asDoubleBuffer().put(mine);
    double[] sums = new double[mine.length];
    for (byte[] part : lines.exchange(what, bytes.array())) {
      ByteBuffer values = ByteBuffer.wrap(part);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += values.getDouble(Double.BYTES * i);
      }
    }
    return sums;
  }

  /** What worker 0 has of {@code mine}; the others' own is not looked at. */
  public float[] first(String what, float[] mine) {
    if (!several()) {
      return mine;
    }
    ByteBuffer bytes = ByteBuffer.allocate(rank() == 0 ? Float.BYTES * mine.length : 0);
    if (rank() == 0) {
      bytes.asFloatBuffer().put(mine);
    }
    float[] values = new float[mine.length];
    ByteBuffer.wrap(lines.exchange(what, bytes.array())[0]).asFloatBuffer().get(values);
    return values;
  }

  /**
   * Waits until all are at this point, and checks that all have the same of something.
   *
   * @param what names the point, and what is compared
   * @param checksum of it
   * @throws RestartException naming the workers that differ from worker 0
   */
  public void agree(String what, String checksum) {
    if (!several()) {
      return;
    }
    byte[] mine = checksum.getBytes(StandardCharsets.UTF_8);
    byte[][] all = lines.exchange(what, mine);
    List<Integer> others =
        IntStream.range(1, all.length)
            .filter(rank -> !Arrays.equals(all[rank], all[0]))
            .boxed()
            .toList();
    if (!others.isEmpty()) {
      String who = others.stream().map(cluster::name).collect(Collectors.joining(", "));
      lines.fail(what + ": not the same on " + who + " as on worker 0");
      throw new RestartException(Lines.restart(lines.failed()));
    }
  }

  /** Waits until all are at this point. */
  public void meet(String what) {
    agree(what, "");
  }

  /** Tells the others that this worker ends, and why, so that they end at once. */
  public void abandon(Throwable reason) {
    if (several() && lines.failed() == null) {
      String text = reason.getMessage() == null ? reason.toString() : reason.getMessage();
      String sentence = text.strip().replaceAll("\\.$", "");
      lines.tell(cluster.name(rank()) + " ended: " + sentence);
      // Closing what TensorFlow has open may wait for ever.
      var unused = lines.guard(cluster.patience().step(), "the end after '" + sentence + "'");
    }
  }

  /** Takes leave of the others; TensorFlow's server ends with the process. */
  @Override
  public void close() {
    if (several()) {
      lines.close();
    }
  }
}
