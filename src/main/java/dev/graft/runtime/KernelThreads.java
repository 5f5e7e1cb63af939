package dev.graft.runtime;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;

/**
 * The threads that share the work of one op. TensorFlow makes them once a process, as many as its
 * first session asks for, and later sessions have no say: a session of one thread that comes first,
 * to look at pictures, would leave a network with one thread.
 */
public final class KernelThreads {
  private static int wanted = Runtime.getRuntime().availableProcessors();
  private static boolean made;

  private KernelThreads() {}

  /** How many there are to be; without effect after the first session. */
  public static synchronized void want(int threads) {
    wanted = threads;
  }

  /** Makes them, before any session is opened. */
  static synchronized void make() {
    if (made) {
      return;
    }
    made = true;
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(wanted)
            .putDeviceCount("GPU", 0)
            .build();
    try (Graph graph = new Graph()) {
      new Session(graph, config).close();
    }
  }
}
