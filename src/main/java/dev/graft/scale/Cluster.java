package dev.graft.scale;

import dev.graft.error.SettingException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Who trains together. Plain data: nobody has met yet.
 *
 * @param workers where each of them listens, in the order of their ranks; empty when one process
 *     trains alone
 * @param rank which of them this process is; 0 writes
 * @param patience how long they wait for each other
 * @param lastResort ends this process with one sentence, when nothing else would
 */
public record Cluster(
    List<Address> workers, int rank, Patience patience, Consumer<String> lastResort) {
  /** One process by itself. */
  public static final Cluster ALONE = new Cluster(List.of(), 0, Patience.USUAL, reason -> {});

  /** Checks that all are different and that {@code rank} is one of them. */
  public Cluster {
    workers = List.copyOf(workers);
    if (!workers.isEmpty()) {
      if (workers.size() < 2) {
        throw new SettingException(
            "--workers: expected at least two addresses, host:port,host:port, came '"
                + workers.get(0)
                + "'. One process trains without --workers.");
      }
      if (new HashSet<>(workers).size() < workers.size()) {
        throw new SettingException(
            "--workers: an address stands there twice. Each worker needs its own.");
      }
      if (rank < 0 || rank >= workers.size()) {
        throw new SettingException(
            "--rank: expected 0 to "
                + (workers.size() - 1)
                + " for "
                + workers.size()
                + " workers, came "
                + rank
                + ".");
      }
    }
  }

  /** The workers that {@code list}, {@code host:port,host:port,…}, names. */
  public static List<Address> addresses(String list) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).map(Address::of).toList();
  }

  /** True when there are others. */
  public boolean several() {
    return !workers.isEmpty();
  }

  /** This process's own address. */
  Address own() {
    return workers.get(rank);
  }

  /** A worker as messages name it. */
  String name(int other) {
    return "worker " + other + " (" + workers.get(other) + ")";
  }

  /** All addresses as the command line has them. */
  String list() {
    return workers.stream().map(Address::toString).collect(Collectors.joining(","));
  }

  /**
   * Fails at once when this worker's port is taken, before anything costs time.
   *
   * @throws SettingException naming the port
   */
  public void checkPort() {
    if (several()) {
      try (ServerSocket socket = listen()) {
        socket.getLocalPort();
      } catch (IOException e) {
        throw new SettingException("port " + own().port() + " cannot be freed: " + e, e);
      }
    }
  }

  /** Listens on this worker's port, on all interfaces as TensorFlow's server will. */
  ServerSocket listen() throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(own().port()), 2 * workers.size());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new SettingException(
          "--workers: port "
              + own().port()
              + " of this machine, which "
              + name(rank)
              + " needs, is in use ("
              + e.getMessage()
              + "). End the program that has it, or give this worker another port on all of them.",
          e);
    }
  }
}
