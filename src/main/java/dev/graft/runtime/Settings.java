package dev.graft.runtime;

import dev.graft.error.SettingException;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/**
 * How sessions run.
 *
 * @param threads threads within one op; fixed, because another number gives other last bits
 * @param device {@code cpu} or {@code gpu:N}
 * @param precision {@code float32}, {@code bfloat16} or {@code float16}
 */
public record Settings(int threads, String device, Precision precision) {
  /** How convolutions and matrix products are computed; weights stay float32. */
  public enum Precision {
    FLOAT32,
    BFLOAT16,
    FLOAT16
  }

  /** Checks the number of threads. */
  public Settings {
    if (threads < 1) {
      throw new SettingException(
          "--threads: expected a number of at least 1, came " + threads + ".");
    }
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
    return new Session(graph, config(kind));
  }

  /** The same settings in TensorFlow's words, for what opens its own session. */
  public ConfigProto config(Kind kind) {
    RewriterConfig.Builder rewrite = RewriterConfig.newBuilder();
    if (precision == Precision.BFLOAT16) {
      rewrite.setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
    } else if (precision == Precision.FLOAT16) {
      rewrite.setAutoMixedPrecision(RewriterConfig.Toggle.ON);
    } else if (kind == Kind.TRAINING) {
      // Rewriting costs small training graphs 10 to 20 % a step and gains nothing.
      rewrite.setDisableMetaOptimizer(true);
    }
    ConfigProto.Builder config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(threads)
            .setUsePerSessionThreads(true)
            .setAllowSoftPlacement(true)
            .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
            .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewrite));
    if (device.equals("cpu")) {
      config.putDeviceCount("GPU", 0);
    }
    return config.build();
  }

  /**
   * Opens a session whose runs stay on the thread that calls them: for many Java threads that each
   * prepare one picture. On the CPU, in float32, without graph rewriting, which turns divisions
   * into products and so changes last bits.
   */
  public static Session openForCallers(Graph graph) {
    RewriterConfig rewrite = RewriterConfig.newBuilder().setDisableMetaOptimizer(true).build();
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(1)
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
    INFERENCE
  }
}
