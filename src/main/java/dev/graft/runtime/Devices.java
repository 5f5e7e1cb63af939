package dev.graft.runtime;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteDeviceList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListCount;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListMemoryBytes;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListType;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SessionListDevices;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetConfig;

import dev.graft.error.SettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.TensorFlow;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.proto.ConfigProto;

/** The devices that TensorFlow can compute on, and why a GPU is not among them. */
public final class Devices {
  private Devices() {}

  /**
   * One device.
   *
   * @param name {@code cpu} or {@code gpu:N}, as {@code --device} takes it
   * @param type TensorFlow's: {@code CPU}, {@code GPU}
   * @param memory bytes that TensorFlow may use on it; for a CPU it only says 256 MiB
   */
  public record Device(String name, String type, long memory) {}

  /** Every device of a session with {@code config}; loads the native library. */
  public static List<Device> list(ConfigProto config) {
    KernelThreads.make();
    TensorFlow.version();
    byte[] bytes = config.toByteArray();
    List<Device> devices = new ArrayList<>();
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      TF_SetConfig(options, new BytePointer(bytes), bytes.length, status);
      status.throwExceptionIfNotOK();
      TF_Session session = TF_Session.newSession(TF_Graph.newGraph(), options, status);
      status.throwExceptionIfNotOK();
      TF_DeviceList list = TF_SessionListDevices(session, status);
      status.throwExceptionIfNotOK();
      for (int i = 0; i < TF_DeviceListCount(list); i++) {
        String type = TF_DeviceListType(list, i, status).getString();
        String full = TF_DeviceListName(list, i, status).getString();
        String number = full.substring(full.lastIndexOf(':') + 1);
        String name =
            type.equals("GPU") ? "gpu:" + number : type.toLowerCase(java.util.Locale.ROOT);
        devices.add(new Device(name, type, TF_DeviceListMemoryBytes(list, i, status)));
      }
      TF_DeleteDeviceList(list);
    }
    return devices;
  }

  /**
   * Every device there is.
   *
   * @throws TensorFlowException when TensorFlow cannot open a GPU that it sees
   */
  public static List<Device> list() {
    return list(Settings.standard().on("gpu:0").config(Settings.Kind.INFERENCE));
  }

  /** The devices that are left when the GPU is hidden. */
  public static List<Device> withoutGpu() {
    return list(Settings.standard().config(Settings.Kind.INFERENCE));
  }

  /** True when the first GPU is there and opens; whatever is in its way, {@link #whyNone} says. */
  public static boolean gpu() {
    try {
      return list().stream().anyMatch(device -> device.name().equals("gpu:0"));
    } catch (TensorFlowException e) {
      return false;
    }
  }

  /** What it means that TensorFlow throws when it opens a GPU. */
  public static String refusal(TensorFlowException e) {
    return "TensorFlow sees a GPU and cannot open it ("
        + String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip()
        + "). The driver does not fit CUDA 12.6, or the GPU is taken: install a driver of version"
        + " 525 or newer and look at nvidia-smi; --device cpu works meanwhile.";
  }

  /**
   * Checks that {@code device} is there.
   *
   * @param device {@code cpu} or {@code gpu:N}
   * @throws SettingException when it is not, with the reason; never a silent fall-back
   */
  public static void demand(String device) {
    if (device.equals("cpu")) {
      return;
    }
    String problem = null;
    try {
      Settings settings = Settings.standard().on(device);
      boolean found =
          list(settings.config(Settings.Kind.INFERENCE)).stream()
              .anyMatch(d -> d.type().equals("GPU"));
      problem = found ? null : whyNone();
    } catch (TensorFlowException e) {
      problem = refusal(e);
    }
    if (problem != null) {
      throw new SettingException("--device " + device + ": " + problem);
    }
  }

  /** Why TensorFlow has no GPU here, in a sentence that says what to do. */
  public static String whyNone() {
    if (!GpuLibraries.active()) {
      return "this is TensorFlow's CPU build. Make the GPU folder with mvn -Pgpu-folder package,"
          + " and name it with GRAFT_GPU.";
    }
    String driver = driverProblem();
    if (driver != null) {
      return driver;
    }
    List<String> missing = new ArrayList<>(GpuLibraries.missing(GpuLibraries.NEEDED));
    missing.addAll(GpuLibraries.missing(GpuLibraries.PARTS));
    if (!missing.isEmpty()) {
      return "of CUDA's libraries "
          + String.join(", ", missing)
          + " cannot be found. Make the GPU folder again with mvn -Pgpu-folder package.";
    }
    List<String> broken = GpuLibraries.broken();
    if (!broken.isEmpty()) {
      return "of CUDA's libraries some cannot be loaded ("
          + String.join("; ", broken)
          + "). Make the GPU folder again with mvn -Pgpu-folder package.";
    }
    try {
      list();
    } catch (TensorFlowException e) {
      return refusal(e);
    }
    String visible = System.getenv("CUDA_VISIBLE_DEVICES");
    if (visible != null && (visible.isBlank() || visible.startsWith("-"))) {
      return "CUDA_VISIBLE_DEVICES is '" + visible + "', which hides every GPU. Unset it.";
    }
    return "TensorFlow refused the GPU though driver and libraries are there."
        + " TF_CPP_MIN_LOG_LEVEL=0 shows its reasons; graft doctor tells more.";
  }

  /** What is wrong with NVIDIA's driver, or null. */
  public static String driverProblem() {
    try {
      Loader.loadGlobal(GpuLibraries.DRIVER);
    } catch (UnsatisfiedLinkError e) {
      return "NVIDIA's driver is not installed ("
          + GpuLibraries.DRIVER
          + " was not found). Install the driver; CUDA itself is not needed.";
    }
    try (Stream<Path> nodes = Files.list(Path.of("/dev"))) {
      if (nodes.noneMatch(node -> node.getFileName().toString().matches("nvidia\\d+|dxg"))) {
        return "NVIDIA's driver is installed and sees no GPU (there is no /dev/nvidia0). In a"
            + " container, start it with --gpus all.";
      }
    } catch (java.io.IOException e) {
      return null;
    }
    return null;
  }
}
