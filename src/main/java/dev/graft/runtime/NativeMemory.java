package dev.graft.runtime;

import dev.graft.error.MemoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/** How much memory this process may take, and a ceiling for what native code takes of it. */
public final class NativeMemory {
  private static final String CEILING = "org.bytedeco.javacpp.maxPhysicalBytes";
  private static final Path SYSTEM = Path.of("/sys/fs/cgroup");
  private static final Path OWN = Path.of("/proc/self/cgroup");
  private static final long MIB = 1 << 20;

  /** How often the ceiling is looked at. */
  private static final long INTERVAL = 50_000_000;

  private static volatile long ceiling;
  private static volatile long looked;

  private NativeMemory() {}

  /** Bytes of memory of this machine, or of the container when that has less; 0 if unknown. */
  public static long available() {
    long machine = machine();
    long container = container(SYSTEM, OWN);
    return machine == 0 || (container > 0 && container < machine) ? container : machine;
  }

  /**
   * The least limit of the control groups that this process is in, of either version; 0 if none.
   *
   * @param system where they are mounted; inside a container that is its own group already
   * @param own names the groups of this process
   */
  static long container(Path system, Path own) {
    List<Path> files = new ArrayList<>();
    add(files, system, "", "memory.max");
    add(files, system.resolve("memory"), "", "memory.limit_in_bytes");
    try {
      for (String line : Files.readAllLines(own)) {
        List<String> parts = List.of(line.split(":", 3));
        if (parts.size() == 3 && parts.get(1).isEmpty()) {
          add(files, system, parts.get(2), "memory.max");
        } else if (parts.size() == 3 && parts.get(1).contains("memory")) {
          add(files, system.resolve("memory"), parts.get(2), "memory.limit_in_bytes");
        }
      }
    } catch (IOException e) {
      // Not a Linux, or an old one: the files above may still be there.
    }
    return files.stream().mapToLong(NativeMemory::bytes).filter(n -> n > 0).min().orElse(0);
  }

  /** The limits of a group and of all that it lies in. */
  private static void add(List<Path> files, Path system, String group, String name) {
    Path folder = system.resolve(group.replaceFirst("^/+", "")).normalize();
    while (folder != null && folder.startsWith(system)) {
      files.add(folder.resolve(name));
      folder = folder.getParent();
    }
  }

  /** What a limit's file says; 0 for none, which is "max" or a number without meaning. */
  private static long bytes(Path file) {
    try {
      String text = Files.readString(file).strip();
      return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    } catch (IOException e) {
      // No such limit here; another place may have one.
      return 0;
    }
  }

  private static long machine() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      // Not a Linux; nothing is limited then.
    }
    return 0;
  }

  /** Bytes of memory that this process has now; 0 if unknown. */
  public static long resident() {
    return status("VmRSS:");
  }

  private static long status(String line) {
    try {
      for (String one : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (one.startsWith(line)) {
          return 1024 * Long.parseLong(one.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      // Not a Linux.
    }
    return 0;
  }

  /**
   * Sets the ceiling to nine tenths of {@link #available}, unless it was set by hand: an error that
   * can be read comes before the system kills the process. Call it before TensorFlow is loaded.
   */
  public static void limit() {
    long available = available();
    if (available > 0 && System.getProperty(CEILING) == null) {
      // JavaCPP would look at each object it makes, which takes longer than making it.
      System.setProperty(CEILING, "0");
      ceiling = available / 10 * 9;
    }
  }

  /**
   * Looks, some times a second, whether the process is above its ceiling. Pages of files that are
   * mapped do not count.
   *
   * @throws OutOfMemoryError when it is
   */
  public static void watch() {
    long now = System.nanoTime();
    if (ceiling != 0 && now - looked >= INTERVAL) {
      looked = now;
      hold(ceiling);
    }
  }

  /** Fails when this process has more than {@code most} bytes, also without what nobody uses. */
  static void hold(long most) {
    if (status("RssAnon:") > most) {
      // Tensors that were not closed go with Java's own objects.
      System.gc();
      if (status("RssAnon:") > most) {
        throw new OutOfMemoryError("Physical memory usage is too high: more than " + most);
      }
    }
  }

  /**
   * Runs work on a batch of examples; where the memory does not hold it, says how large it was.
   *
   * @param name of the work, at the beginning of the message
   * @param examples in the batch
   * @param remedy what the user may do, a sentence
   * @throws MemoryException when Java, JavaCPP or TensorFlow had no more memory
   */
  public static <T> T holding(String name, long examples, String remedy, Supplier<T> work) {
    try {
      watch();
      return work.get();
    } catch (OutOfMemoryError | TFResourceExhaustedException e) {
      throw exceeded(name, examples, remedy, e);
    }
  }

  /** What {@link #holding} throws. */
  public static MemoryException exceeded(
      String name, long examples, String remedy, Throwable cause) {
    return new MemoryException(
        String.format(
            Locale.ROOT,
            "%s: the memory does not hold a batch of %d example%s (%s). %s",
            name,
            examples,
            examples == 1 ? "" : "s",
            reason(cause),
            remedy),
        cause);
  }

  /** Which memory is used up, and how much there was of it. */
  public static String reason(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    if (cause instanceof TFResourceExhaustedException) {
      return said.lines().findFirst().orElse("TensorFlow has no more");
    }
    // JavaCPP's words, and those of hold.
    if (said.contains("hysical")) {
      return String.format(
          Locale.ROOT,
          "the process has %d MiB, its ceiling is %d MiB of the %d MiB there are",
          resident() / MIB,
          (ceiling == 0 ? Pointer.maxPhysicalBytes() : ceiling) / MIB,
          available() / MIB);
    }
    return String.format(
        Locale.ROOT,
        "Java's heap of %d MiB is full; GRAFT_JAVA_OPTIONS=-Xmx4g would give it 4 GiB",
        Runtime.getRuntime().maxMemory() / MIB);
  }
}
