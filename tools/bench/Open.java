import dev.graft.keras.LoadOptions;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.Model;
import dev.graft.model.Applications;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;

/** How long VGG16 takes from its weights file to being ready, after the native library's start. */
public final class Open {
  private Open() {}

  /** Prints one line of JSON: {@code native, open, cpu, first} seconds, {@code ready} since 1970, {@code
   * peak_mib}. */
  public static void main(String[] arguments) throws Exception {
    Path weights = Path.of(arguments[0]);
    boolean top = arguments.length > 1 && arguments[1].equals("top");
    long begun = System.nanoTime();
    TensorFlow.version();
    Settings settings = Settings.standard();
    // The first session starts TensorFlow's threads.
    try (org.tensorflow.Graph graph = new org.tensorflow.Graph();
        var session = settings.open(graph, Settings.Kind.INFERENCE)) {
      session.runner().fetch(org.tensorflow.op.Ops.create(graph).constant(1f)).run().close();
    }
    long started = System.nanoTime();
    long cpu = processor();
    Applications.Application vgg = Applications.named("vgg16", "bench");
    Model model =
        top
            ? vgg.with(vgg.variant().sized(224, 224, 3)).whole(1000)
            : vgg.with(vgg.variant().sized(224, 224, 3)).headless();
    try (Network network = Network.forInference(model, settings);
        WeightFile file = WeightFile.open(weights)) {
      network.assign(WeightMatch.of(model, file, LoadOptions.strict()).store(null));
      long ready = System.nanoTime();
      double at = System.currentTimeMillis() / 1e3;
      long used = processor() - cpu;
      try (Tensor x = Tensors.floats(new float[224 * 224 * 3], 1, 224, 224, 3);
          Result y = network.run(network.inference(), List.of(x))) {
        long done = System.nanoTime();
        System.out.printf(
            Locale.ROOT,
            "{\"native\": %.3f, \"open\": %.3f, \"cpu\": %.3f, \"first\": %.3f,"
                + " \"ready\": %.3f, \"peak_mib\": %d}%n",
            (started - begun) / 1e9,
            (ready - started) / 1e9,
            used / 1e9,
            (done - ready) / 1e9,
            at,
            peak());
      }
    }
  }

  private static long processor() {
    return ((com.sun.management.OperatingSystemMXBean)
            ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long peak() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    return 0;
  }
}
