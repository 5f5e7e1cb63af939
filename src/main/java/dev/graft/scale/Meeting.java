package dev.graft.scale;

import dev.graft.error.RestartException;
import dev.graft.error.SettingException;
import dev.graft.progress.Progress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How workers meet: each comes to worker 0 on the port that TensorFlow's server will have, says who
 * it is and what it comes with, and is let in or refused. Until all are there nothing of TensorFlow
 * listens or waits.
 */
final class Meeting {
  /** How long one who came may take to say who it is. */
  private static final int MANNERS_MILLIS = 5000;

  private static final int AGAIN_MILLIS = 250;

  private final Cluster cluster;
  private final Passport passport;
  private final Progress progress;
  private final long end;

  /** All have come. */
  record Met(Map<Integer, Link> links, byte[] letter) {}

  Meeting(Cluster cluster, Passport passport, Progress progress) {
    this.cluster = cluster;
    this.passport = passport;
    this.progress = progress;
    this.end = System.nanoTime() + cluster.patience().join().toNanos();
  }

  /**
   * Waits until all are there.
   *
   * @param letter what worker 0 gives everyone on the way; the others' is not looked at
   */
  Met meet(byte[] letter) {
    try (ServerSocket socket = cluster.listen()) {
      return cluster.rank() == 0 ? receive(socket, letter) : come();
    } catch (IOException e) {
      throw new RestartException(
          cluster.name(cluster.rank()) + ": the workers could not meet: " + e.getMessage() + ".",
          e);
    }
  }

  private int left() {
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, (end - System.nanoTime()) / 1_000_000));
  }

  private Met receive(ServerSocket socket, byte[] letter) throws IOException {
    Map<Integer, Link> links = new TreeMap<>();
    say("waiting for " + missing(links) + ".");
    try {
      while (links.size() < cluster.workers().size() - 1) {
        if (left() == 0) {
          throw new RestartException(late(missing(links)));
        }
        socket.setSoTimeout(Math.max(1, left()));
        try {
          greet(socket.accept(), links);
        } catch (SocketTimeoutException e) {
          // The loop says who is missing.
        }
      }
      for (Link link : links.values()) {
        link.send(Link.Kind.WELCOME, letter);
      }
      return new Met(links, letter);
    } catch (IOException | RuntimeException e) {
      links.values().forEach(Link::close);
      throw e;
    }
  }

  private String late(String who) {
    return who
        + " did not come within "
        + Patience.text(cluster.patience().join())
        + ". Start every worker with the same command and its own --rank, or wait longer with"
        + " --join-timeout.";
  }

  private String missing(Map<Integer, Link> links) {
    return IntStream.range(1, cluster.workers().size())
        .filter(rank -> !links.containsKey(rank))
        .mapToObj(cluster::name)
        .collect(Collectors.joining(", "));
  }

  /** Lets in who may come in. Whoever else speaks to the port is sent away. */
  private void greet(Socket socket, Map<Integer, Link> links) throws IOException {
    Link link = new Link(socket);
    Hello hello;
    try {
      Link.Frame frame = link.receive(MANNERS_MILLIS);
      if (frame.kind() != Link.Kind.HELLO) {
        throw new IOException("it does not say who it is");
      }
      hello = Hello.read(frame.body());
    } catch (IOException e) {
      say("someone at " + socket.getRemoteSocketAddress() + " is no worker: " + e.getMessage());
      link.close();
      return;
    }
    String wrong = wrong(hello);
    if (wrong != null) {
      refuse(link, wrong);
      say("worker " + hello.rank() + " was refused: " + wrong + ". Waiting for the right one.");
      return;
    }
    Link before = links.put(hello.rank(), link);
    if (before != null) {
      refuse(before, "another process came as worker " + hello.rank() + " after it");
    }
    say(cluster.name(hello.rank()) + " is here.");
  }

  private static void refuse(Link link, String why) {
    try (link) {
      link.send(Link.Kind.REFUSED, why.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It is gone already, which is what it was to be.
    }
  }

  private String wrong(Hello hello) {
    if (!hello.workers().equals(cluster.list())) {
      return "its --workers differ (worker 0 has "
          + cluster.list()
          + ", it has "
          + hello.workers()
          + ")";
    }
    if (hello.rank() < 1 || hello.rank() >= cluster.workers().size()) {
      return "there is one worker " + hello.rank() + " already";
    }
    return passport.against(hello.passport()).orElse(null);
  }

  private Met come() throws IOException {
    say("waiting for " + cluster.name(0) + ".");
    Address first = cluster.workers().get(0);
    String last = "";
    while (left() > 0) {
      try {
        Link link = new Link(connected(first));
        try {
          return arrive(link);
        } catch (IOException | RuntimeException e) {
          link.close();
          throw e;
        }
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
        pause();
      }
    }
    throw new RestartException(late(cluster.name(0)) + " The last try said: " + last + ".");
  }

  private Socket connected(Address first) throws IOException {
    Socket socket = new Socket();
    try {
      String host = first.host().replaceAll("[\\[\\]]", "");
      socket.connect(new InetSocketAddress(host, first.port()), Math.max(1, left()));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(AGAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RestartException("interrupted while waiting for the other workers.", e);
    }
  }

  private Met arrive(Link link) throws IOException {
    link.send(Link.Kind.HELLO, new Hello(cluster.rank(), cluster.list(), passport).bytes());
    Link.Frame answer = link.receive(Math.max(1, left()));
    if (answer.kind() == Link.Kind.REFUSED) {
      throw new SettingException(
          cluster.name(cluster.rank())
              + " is refused by worker 0: "
              + new String(answer.body(), StandardCharsets.UTF_8)
              + ". Start all workers with the same recipe, data, weights and options, each with"
              + " its own --rank.");
    }
    if (answer.kind() != Link.Kind.WELCOME) {
      throw new IOException("worker 0 answers with " + answer.kind());
    }
    return new Met(Map.of(0, link), answer.body());
  }

  private void say(String text) {
    progress.on(new Progress.Message("workers: " + text));
  }
}
