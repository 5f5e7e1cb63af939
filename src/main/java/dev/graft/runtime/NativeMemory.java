package dev.graft.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much memory this process may take, and a ceiling for what native code takes of it. */
public final class NativeMemory {
  private static final String CEILING = "org.bytedeco.javacpp.maxPhysicalBytes";
  private static final List<Path> LIMITS =
      List.of(
          Path.of("/sys/fs/cgroup/memory.max"),
          Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

  private NativeMemory() {}

  /** Bytes of memory of this machine, or of the container when that has less; 0 if unknown. */
  public static long available() {
    long machine = machine();
    for (Path file : LIMITS) {
      try {
        String text = Files.readString(file).strip();
        if (text.matches("\\d{1,18}")) {
          long limit = Long.parseLong(text);
          return machine == 0 ? limit : Math.min(machine, limit);
        }
      } catch (IOException e) {
        // No such limit here; the next place may have one.
      }
    }
    return machine;
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
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
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
      System.setProperty(CEILING, Long.toString(available / 10 * 9));
    }
  }
}
