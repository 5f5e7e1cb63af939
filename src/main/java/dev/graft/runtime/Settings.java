package dev.graft.runtime;

import dev.graft.error.SettingException;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RewriterConfig.NumIterationsType;

/**
 * How sessions run.
 *
 * @param threads threads within one op; fixed, because another number gives other last bits
 * @param device {@code cpu} or {@code gpu:N}
 * @param precision {@code float32}, {@code bfloat16} or {@code float16}
 * @param gpuMemory MiB of a GPU's memory to take at most; 0 to let it grow as needed
 */
public record Settings(int threads, String device, Precision precision, int gpuMemory) {
  /** How convolutions and matrix products are computed; weights stay float32. */
  public enum Precision {
    FLOAT32,
    BFLOAT16,
    FLOAT16
  }

  /** Settings that let a GPU's memory grow. */
  public Settings(int threads, String device, Precision precision) {
    this(threads, device, precision, 0);
  }

  /** Checks the number of threads and the memory. */
  public Settings {
    if (gpuMemory < 0) {
      throw new SettingException(
          "--gpu-memory: expected MiB of at least 1, came " + gpuMemory + ".");
    }
    if (threads < 1) {
      throw new SettingException(
          "--threads: expected a number of at least 1, came " + threads + ".");
    }
  }

  /** The same in another precision. */
  public Settings in(Precision other) {
    return new Settings(threads, device, other, gpuMemory);
  }

  /** The same on another device. */
  public Settings on(String other) {
    return new Settings(threads, other, precision, gpuMemory);
  }

  /** As many threads as this machine (or container) has processors, on the CPU, in float32. */
  public static Settings standard() {
    return new Settings(Runtime.getRuntime().availableProcessors(), "cpu", Precision.FLOAT32);
  }

  /**
   * Opens a session on {@code graph}.
   *
   * @param kind what the session is for, which decides about graph rewriting
   */
  public Session open(Graph graph, Kind kind) {
    KernelThreads.make();
    return new Session(graph, config(kind));
  }

  /**
   * As {@link #open}, with ops that run one after the other on the CPU, each on all threads: no
   * thread is woken for the next op, which is much of the time of small ops, and less memory is in
   * use at a time. Numbers are the same. Switch, Merge and loops cannot be in such a graph, those
   * within functions can. On a GPU there is no difference.
   */
  public Session openInOrder(Graph graph, Kind kind) {
    if (!device.equals("cpu")) {
      return open(graph, kind);
    }
    KernelThreads.make();
    ConfigProto.Experimental inOrder =
        ConfigProto.Experimental.newBuilder().setExecutorType("SINGLE_THREADED_EXECUTOR").build();
    return new Session(graph, config(kind).toBuilder().setExperimental(inOrder).build());
  }

  /** The same settings in TensorFlow's words, for what opens its own session. */
  public ConfigProto config(Kind kind) {
    RewriterConfig.Builder rewrite = RewriterConfig.newBuilder();
    if (precision == Precision.BFLOAT16) {
      rewrite.setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
    } else if (precision == Precision.FLOAT16 && device.equals("cpu")) {
      // Inputs and outputs of an op are rounded to float16, its inside stays float32: no gain in
      // speed, but the figures are those of a GPU.
      rewrite.setAutoMixedPrecisionCpu(RewriterConfig.Toggle.ON);
    } else if (precision == Precision.FLOAT16) {
      rewrite.setAutoMixedPrecision(RewriterConfig.Toggle.ON);
    } else if (kind == Kind.TRAINING) {
      // Rewriting costs small training graphs 10 to 20 % a step and gains nothing.
      rewrite.setDisableMetaOptimizer(true);
    } else if (kind == Kind.TRAINING_ON_FROZEN) {
      // Of all rewriting the fusion of a convolution with its bias and activation alone.
      rewrite.addOptimizers("remap").setMetaOptimizerIterations(NumIterationsType.ONE);
    }
    ConfigProto.Builder config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(threads)
            .setUsePerSessionThreads(true)
            .setAllowSoftPlacement(true)
            .setGpuOptions(gpu())
            .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewrite));
    if (device.equals("cpu")) {
      config.putDeviceCount("GPU", 0);
    }
    return config.build();
  }

  private GPUOptions gpu() {
    GPUOptions.Builder options = GPUOptions.newBuilder().setAllowGrowth(true);
    if (!device.equals("cpu") && !device.equals("gpu:0")) {
      // All that this process sees is then the one asked for, as TensorFlow's first.
      options.setVisibleDeviceList(device.substring("gpu:".length()));
    }
    if (gpuMemory > 0) {
      options.setExperimental(
          GPUOptions.Experimental.newBuilder()
              .addVirtualDevices(
                  GPUOptions.Experimental.VirtualDevices.newBuilder().addMemoryLimitMb(gpuMemory)));
    }
    return options.build();
  }

  /**
   * Opens a session whose runs stay on the thread that calls them: for many Java threads that each
   * prepare one picture. On the CPU, in float32, without graph rewriting, which turns divisions
   * into products and so changes last bits.
   */
  public static Session openForCallers(Graph graph) {
    KernelThreads.make();
    RewriterConfig rewrite = RewriterConfig.newBuilder().setDisableMetaOptimizer(true).build();
    ConfigProto config =
        ConfigProto.newBuilder()
            // Below 0 means in the caller's thread, which only the common thread pools allow.
            .setInterOpParallelismThreads(-1)
            .putDeviceCount("GPU", 0)
            .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewrite))
            .build();
    return new Session(graph, config);
  }

  /** What a session is for. */
  public enum Kind {
    TRAINING,
    /** The training of what stands on a frozen part, which gains by fused ops. */
    TRAINING_ON_FROZEN,
    INFERENCE
  }
}
