package dev.graft.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * A program that asks for threads, opens a session of one thread first and then one that computes,
 * and prints how many threads TensorFlow has.
 */
public final class KernelThreadsProbe {
  private KernelThreadsProbe() {}

  /** Takes the number of threads to ask for. */
  public static void main(String[] arguments) throws IOException {
    KernelThreads.want(Integer.parseInt(arguments[0]));
    Settings small = new Settings(1, "cpu", Settings.Precision.FLOAT32);
    try (Graph graph = new Graph();
        Session first = small.open(graph, Settings.Kind.INFERENCE);
        Session second = small.open(graph, Settings.Kind.INFERENCE)) {
      System.out.println(foreign());
    }
  }

  /** Threads that the virtual machine did not make: it gives its own names. */
  private static long foreign() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(task -> name(task).matches("java|main")).count();
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return "ended meanwhile";
    }
  }
}
