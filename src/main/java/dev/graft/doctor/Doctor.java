package dev.graft.doctor;

import dev.graft.fetch.Places;
import dev.graft.runtime.Devices;
import dev.graft.runtime.GpuLibraries;
import dev.graft.runtime.NativeMemory;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.exceptions.TensorFlowException;

/** Looks at this machine with Graft's eyes. Every statement comes from trying. */
public final class Doctor {
  /**
   * Largest error of a convolution that each precision may have, as a share of the largest value.
   */
  private static final Map<Settings.Precision, Double> TOLERANCE =
      Map.of(
          Settings.Precision.FLOAT32, 1e-5,
          // A GPU's TF32 included; eight and eleven bits of fraction.
          Settings.Precision.BFLOAT16, 2e-2,
          Settings.Precision.FLOAT16, 5e-3);

  private static final double MIB = 1 << 20;
  private static final long LITTLE = 2L << 30;

  private final Places places;
  private final String wanted;
  private final Map<String, String> environment;
  private final List<Report.Check> checks = new ArrayList<>();
  private final List<String> advice = new ArrayList<>();

  /**
   * A doctor.
   *
   * @param wanted the device asked for, or null
   * @param environment {@code System.getenv()}
   */
  public Doctor(Places places, String wanted, Map<String, String> environment) {
    this.places = places;
    this.wanted = wanted;
    this.environment = Map.copyOf(environment);
  }

  /** Looks at everything; takes a second or two. */
  public Report examine() {
    Map<String, String> versions = Versions.all();
    say("versions", true, versions.toString().replaceAll("[{}]", "").replace("=", " "));
    processor();
    memory();
    say("TensorFlow", true, from("libtensorflow_cc") + oneDnn());
    if (oneDnn().endsWith("off")) {
      advice.add(
          "oneDNN is switched off by TF_ENABLE_ONEDNN_OPTS=0: without it convolutions take longer"
              + " on this processor.");
    }
    String refusal = null;
    List<Devices.Device> devices;
    try {
      devices = Devices.list();
    } catch (TensorFlowException e) {
      refusal = Devices.refusal(e);
      devices = Devices.withoutGpu();
    }
    String gpu = gpu(devices, refusal);
    trials(devices);
    folders();
    return new Report(versions, devices, gpu, checks, advice);
  }

  private void say(String name, boolean ok, String detail) {
    checks.add(new Report.Check(name, ok, detail));
  }

  private void processor() {
    String flags = cpuInfo("flags");
    List<String> known = new ArrayList<>();
    for (String flag : List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16")) {
      if ((" " + flags + " ").contains(" " + flag + " ")) {
        known.add(flag);
      }
    }
    int threads = Runtime.getRuntime().availableProcessors();
    say(
        "processor",
        true,
        cpuInfo("model name") + ", " + threads + " threads, " + String.join(" ", known));
    if (known.contains("avx512_bf16") || known.contains("amx_bf16")) {
      advice.add(
          "This processor computes in bfloat16: --precision bfloat16 is about 1.6 to 1.9 times as"
              + " fast where convolutions dominate.");
    }
  }

  private static String cpuInfo(String key) {
    Path file = Path.of("/proc/cpuinfo");
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  private void memory() {
    say(
        "memory",
        true,
        String.format(
            Locale.ROOT,
            "%.0f MiB for this process (machine or container), Java's heap up to %.0f MiB",
            NativeMemory.available() / MIB,
            Runtime.getRuntime().maxMemory() / MIB));
    if (NativeMemory.available() > 0 && NativeMemory.available() < LITTLE) {
      advice.add(
          "Less than 2 GiB of memory: train with a small --batch, small pictures and \"cache\":"
              + " \"disk\".");
    }
  }

  private static String from(String library) {
    return GpuLibraries.loaded(library)
        .map(file -> "natives from " + file.getParent())
        .orElse("natives loaded; this system does not say from where");
  }

  private String oneDnn() {
    return "0".equals(environment.get("TF_ENABLE_ONEDNN_OPTS")) ? ", oneDNN off" : ", oneDNN on";
  }

  /** Says what is known of GPUs, and fails where one was asked for and is not there. */
  private String gpu(List<Devices.Device> devices, String refusal) {
    boolean asked = wanted == null ? GpuLibraries.active() : !wanted.equals("cpu");
    List<String> gpus = new ArrayList<>();
    for (Devices.Device device : devices) {
      if (device.type().equals("GPU")) {
        gpus.add(
            String.format(
                Locale.ROOT,
                "%s (%.0f MiB free to TensorFlow)",
                device.name(),
                device.memory() / MIB));
      }
    }
    if (GpuLibraries.active()) {
      libraries(gpus.isEmpty());
    }
    String driver = Devices.driverProblem();
    say("NVIDIA driver", driver == null || !asked, driver == null ? "there" : driver);
    String why = refusal == null && gpus.isEmpty() ? Devices.whyNone() : refusal;
    String text = gpus.isEmpty() ? "none: " + why : String.join(", ", gpus);
    boolean found =
        (wanted == null || wanted.equals("cpu"))
            ? !gpus.isEmpty()
            : devices.stream().anyMatch(d -> d.name().equals(wanted));
    say("GPU", found || !asked, text);
    return text;
  }

  /** Which of CUDA's libraries are there, by the names that TensorFlow opens them by. */
  private void libraries(boolean suspect) {
    List<String> missing = new ArrayList<>(GpuLibraries.missing(GpuLibraries.NEEDED));
    missing.addAll(GpuLibraries.missing(GpuLibraries.PARTS));
    List<String> broken = suspect ? GpuLibraries.broken() : List.of();
    String source = GpuLibraries.folder().map(Path::toString).orElse("from jars");
    List<String> problems = new ArrayList<>();
    if (!missing.isEmpty()) {
      problems.add("missing: " + String.join(", ", missing));
    }
    if (!broken.isEmpty()) {
      problems.add("cannot be loaded: " + String.join("; ", broken));
    }
    boolean good = problems.isEmpty();
    say("CUDA libraries", good, good ? "all there, " + source : String.join(". ", problems));
    if (!good) {
      advice.add(
          "With one of CUDA's libraries missing, TensorFlow stays on the CPU without an error. Make"
              + " the GPU folder again with mvn -Pgpu-folder package, and check GRAFT_GPU.");
    }
    advice.add(
        "That a factory of cuFFT, cuDNN or cuBLAS cannot be registered is said at every start of"
            + " TensorFlow's GPU build, and harmless.");
  }

  /** One convolution on every device in every precision. */
  private void trials(List<Devices.Device> devices) {
    for (Devices.Device device : devices) {
      for (Settings.Precision precision : Settings.Precision.values()) {
        boolean gpu = device.type().equals("GPU");
        if (precision == Settings.Precision.FLOAT16 && !gpu) {
          continue;
        }
        trial(device.name(), precision, gpu);
      }
    }
  }

  private void trial(String device, Settings.Precision precision, boolean gpu) {
    String name = device + " " + precision.name().toLowerCase(Locale.ROOT);
    try {
      int threads = Runtime.getRuntime().availableProcessors();
      Trial trial = Trial.of(new Settings(threads, device, precision));
      double allowed = gpu ? Math.max(1e-3, TOLERANCE.get(precision)) : TOLERANCE.get(precision);
      say(
          name,
          trial.error() <= allowed && trial.device().startsWith(gpu ? "gpu" : "cpu"),
          String.format(
              Locale.ROOT,
              "a convolution is right within %.1e (allowed %.0e), %.2f ms on %s",
              trial.error(),
              allowed,
              trial.millis(),
              trial.device()));
    } catch (TensorFlowException e) {
      say(name, false, "a convolution failed: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private void folders() {
    store();
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    Path javacpp =
        cache == null
            ? Path.of(System.getProperty("user.home", "."), ".javacpp", "cache")
            : Path.of(cache);
    say("natives cache", true, size(javacpp) + ", used only where natives come from a jar");
    List<String> found = new ArrayList<>();
    for (Path folder : places.weights()) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          files
              .filter(file -> file.toString().matches(".*\\.(h5|hdf5|keras)"))
              .sorted()
              .forEach(file -> found.add(file.toString()));
        } catch (IOException e) {
          found.add(folder + " (cannot be read)");
        }
      }
    }
    say(
        "weights",
        true,
        found.isEmpty() ? "none yet; see graft weights list" : String.join(", ", found));
  }

  /** Where fetched files and the cache go: it has to be a folder that may be written to. */
  private void store() {
    Path store = places.store();
    boolean named = !environment.getOrDefault("GRAFT_HOME", "").isEmpty();
    String by = named ? ", named by GRAFT_HOME" : ", GRAFT_HOME would name another place";
    Path above = store;
    while (above != null && !Files.exists(above)) {
      above = above.toAbsolutePath().getParent();
    }
    boolean good = above != null && Files.isDirectory(above) && Files.isWritable(above);
    say("store", good || !named, (good ? size(store) : store + " cannot be written to") + by);
    if (!good) {
      advice.add(
          "Nothing can be fetched or kept: set GRAFT_HOME to a folder that may be written to.");
    }
  }

  private static String size(Path folder) {
    if (!Files.isDirectory(folder)) {
      return folder + " (not there yet)";
    }
    try (Stream<Path> files = Files.walk(folder)) {
      long bytes = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
      return String.format(Locale.ROOT, "%s, %.0f MiB", folder, bytes / MIB);
    } catch (IOException | java.io.UncheckedIOException e) {
      return folder + " (cannot be read)";
    }
  }
}
