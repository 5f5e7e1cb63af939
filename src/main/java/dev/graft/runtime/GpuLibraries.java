package dev.graft.runtime;

import dev.graft.error.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * TensorFlow's GPU build and CUDA, without installing CUDA: a folder that {@code mvn -Pgpu-folder
 * package} fills, or jars on the class path. Only NVIDIA's driver comes from the system.
 *
 * <p>A folder wins over the CPU build on the class path, so the GPU is an add-on to the same
 * application. Call {@link #use} or {@link #useJars} before anything else of Graft or TensorFlow:
 * natives are loaded once and stay.
 */
public final class GpuLibraries {
  /** The libraries that TensorFlow opens for a GPU; one missing, and it stays on the CPU. */
  public static final List<String> NEEDED =
      List.of(
          "libcudart.so.12",
          "libcublas.so.12",
          "libcublasLt.so.12",
          "libcufft.so.11",
          "libcusolver.so.11",
          "libcusparse.so.12",
          "libcudnn.so.9");

  /** What some of {@link #NEEDED} open in turn; without cuDNN's parts its first call aborts. */
  public static final List<String> PARTS =
      List.of(
          "libnvJitLink.so.12",
          "libcudnn_graph.so.9",
          "libcudnn_ops.so.9",
          "libcudnn_cnn.so.9",
          "libcudnn_adv.so.9",
          "libcudnn_heuristic.so.9",
          "libcudnn_engines_precompiled.so.9",
          "libcudnn_engines_runtime_compiled.so.9");

  /** The driver's own library; it comes with the driver and from nowhere else. */
  public static final String DRIVER = "libcuda.so.1";

  private static final String TENSORFLOW = "libtensorflow_cc.so.2";
  private static final String FOLDER = "graft.gpu";
  private static final String JAVACPP = "org.bytedeco.javacpp.";
  private static final String PRELOAD = JAVACPP + "platform.preload";
  private static final String JAR_PROBE = "/org/bytedeco/cuda/linux-x86_64/libcudart.so.12";

  private GpuLibraries() {}

  /**
   * Makes the libraries in {@code folder} those that are loaded.
   *
   * @param folder as {@code mvn -Pgpu-folder package} lays it out in {@code target/gpu-lib}
   * @throws SettingException when the folder does not hold TensorFlow's GPU build, or when
   *     TensorFlow is loaded already
   */
  public static void use(Path folder) {
    if (!Files.exists(folder.resolve(TENSORFLOW))) {
      throw new SettingException(
          folder
              + ": expected a folder with TensorFlow's GPU build ("
              + TENSORFLOW
              + " is not in it). Make one with mvn -Pgpu-folder package.");
    }
    if (loaded("libtensorflow_cc").isPresent()) {
      throw new SettingException(
          "the GPU folder "
              + folder
              + " comes too late: TensorFlow is loaded already. Call GpuLibraries.use first.");
    }
    System.setProperty(FOLDER, folder.toAbsolutePath().toString());
    System.setProperty(JAVACPP + "pathsFirst", "true");
    System.setProperty(JAVACPP + "platform.linkpath", folder.toAbsolutePath().toString());
    // libnvrtc looks for its builtins nowhere but on the system's paths.
    System.setProperty(PRELOAD, "nvrtc-builtins@.12.6");
  }

  /**
   * Makes CUDA's jar on the class path ({@code org.bytedeco:cuda}, classifier {@code
   * linux-x86_64-redist}) the source of CUDA; TensorFlow's GPU build is then the jar with the
   * classifier {@code linux-x86_64-gpu}. The first start unpacks 3.7 GB into JavaCPP's cache.
   *
   * @return false when that jar is not on the class path: CUDA has to be on the system then
   */
  public static boolean useJars() {
    if (GpuLibraries.class.getResource(JAR_PROBE) == null) {
      return false;
    }
    List<String> names =
        List.of(
            "cudart@.12",
            "cublasLt@.12",
            "cublas@.12",
            "cufft@.11",
            "nvJitLink@.12",
            "cusparse@.12",
            "cusolver@.11",
            "cudnn_graph@.9",
            "cudnn_ops@.9",
            "cudnn_cnn@.9",
            "cudnn_adv@.9",
            "cudnn_heuristic@.9",
            "cudnn_engines_precompiled@.9",
            "cudnn_engines_runtime_compiled@.9",
            "cudnn@.9",
            "nvrtc-builtins@.12.6",
            "nvrtc@.12",
            "cupti@.12");
    System.setProperty(PRELOAD, String.join(":", names));
    return true;
  }

  /** The folder that {@link #use} was told of. */
  public static Optional<Path> folder() {
    return Optional.ofNullable(System.getProperty(FOLDER)).map(Path::of);
  }

  /** True when GPU libraries were asked for, from a folder or from jars. */
  public static boolean active() {
    return folder().isPresent() || System.getProperty(PRELOAD, "").contains("cudart");
  }

  /** Those of {@code names} that are neither in the folder nor loaded, in order. */
  public static List<String> missing(List<String> names) {
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      boolean there = folder().map(f -> Files.exists(f.resolve(name))).orElse(false);
      if (!there && loaded(name).isEmpty()) {
        missing.add(name);
      }
    }
    return missing;
  }

  /**
   * Those of {@link #NEEDED} and {@link #PARTS} that lie in the folder and cannot be loaded, each
   * with the system's reason. Loads the others: some hundred MiB, so only for finding out.
   */
  public static List<String> broken() {
    List<String> broken = new ArrayList<>();
    Path place = folder().orElse(null);
    for (String name : Stream.concat(NEEDED.stream(), PARTS.stream()).toList()) {
      Path file = place == null ? null : place.resolve(name);
      if (file != null && Files.exists(file) && loaded(name).isEmpty()) {
        try {
          System.load(file.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError e) {
          broken.add(String.valueOf(e.getMessage()));
        }
      }
    }
    return broken;
  }

  /** The file that this process has mapped whose name starts with {@code name}, if any. */
  public static Optional<Path> loaded(String name) {
    return mapped().stream()
        .filter(file -> file.getFileName().toString().startsWith(name))
        .findFirst();
  }

  /** Every native library in this process's memory; empty where the system does not tell. */
  public static List<Path> mapped() {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return List.of();
    }
    try {
      // Names of files are bytes; what is no library is not looked at.
      return Files.readAllLines(maps, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.contains(".so") && line.indexOf('/') > 0)
          .map(line -> line.substring(line.indexOf('/')))
          .distinct()
          .map(Path::of)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
