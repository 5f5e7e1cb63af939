package dev.graft.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A web server on this machine that can be told to misbehave. */
final class Server implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, String> moved = new ConcurrentHashMap<>();

  /** What was asked for, as "PATH" or "PATH from BYTE". */
  final List<String> asked = new ArrayList<>();

  /** The mark that files carry; another one says that they changed. */
  String tag = "\"one\"";

  /** After so many bytes of a body the connection is cut, this many times. */
  int cutAfter = -1;

  int cuts;

  /** Answers with this code, this many times. */
  int refuseWith;

  int refusals;

  Server() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  URI put(String path, byte[] content) {
    files.put(path, content);
    return uri(path);
  }

  URI move(String from, String to) {
    moved.put(from, to);
    return uri(from);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    byte[] content = files.get(path);
    int from = 0;
    if (range != null && tag.equals(exchange.getRequestHeaders().getFirst("If-Range"))) {
      from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
    }
    asked.add(path + (from > 0 ? " from " + from : ""));
    if (refusals > 0) {
      refusals--;
      exchange.sendResponseHeaders(refuseWith, -1);
    } else if (moved.containsKey(path)) {
      exchange.getResponseHeaders().add("Location", moved.get(path));
      exchange.sendResponseHeaders(302, -1);
    } else if (content == null) {
      exchange.sendResponseHeaders(404, -1);
    } else if (from >= content.length && from > 0) {
      exchange.sendResponseHeaders(416, -1);
    } else {
      send(exchange, content, from);
    }
    exchange.close();
  }

  private void send(HttpExchange exchange, byte[] content, int from) throws IOException {
    exchange.getResponseHeaders().add("ETag", tag);
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .add(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    int to = content.length;
    if (cuts > 0) {
      cuts--;
      to = Math.min(to, from + cutAfter);
    }
    exchange.getResponseBody().write(content, from, to - from);
    exchange.getResponseBody().flush();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
