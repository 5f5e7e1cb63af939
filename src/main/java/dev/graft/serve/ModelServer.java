package dev.graft.serve;

import dev.graft.error.SettingException;
import dev.graft.export.ServedModel;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A model behind HTTP: TensorFlow Serving's REST API under {@code /v1/}, {@code /healthz}, {@code
 * /metrics} for Prometheus, and at {@code /} a page on which a photo can be dropped.
 */
public final class ModelServer implements AutoCloseable {
  /** Requests mostly wait for the model; more of them than this wait for a thread. */
  private static final int THREADS = 64;

  private static final int HEAD_BYTES = 8 << 10;

  private final ServedModel model;
  private final Batcher batcher;
  private final Server server;
  private final ServerConnector connector;
  private final String name;

  private ModelServer(ServedModel model, ServerOptions options) {
    this.model = model;
    this.name = options.name();
    Metrics metrics = new Metrics();
    batcher = new Batcher(model, options.limits(), metrics);
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
    threads.setName("graft-http");
    threads.setDaemon(true);
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(HEAD_BYTES);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(options.host());
    connector.setPort(options.port());
    connector.setIdleTimeout(options.limits().time().toMillis());
    server.addConnector(connector);
    server.setStopTimeout(options.limits().time().toMillis());
    server.setHandler(
        new GracefulHandler(
            new HttpRoutes(new RestApi(model, options, batcher), options, metrics)));
  }

  /**
   * Opens a port for the SavedModel in {@code path}, or the one in a run folder. Closing stops it.
   *
   * @throws SettingException when the port cannot be had
   */
  public static ModelServer start(Path path, ServerOptions options, Settings settings) {
    Path inside = path.resolve("saved_model");
    ServedModel model = ServedModel.open(ServedModel.is(inside) ? inside : path, settings);
    ModelServer server = new ModelServer(model, options);
    try {
      server.server.start();
      return server;
    } catch (Exception e) {
      server.close();
      if (e instanceof IOException) {
        throw new SettingException(
            "--port "
                + options.port()
                + ": cannot listen on "
                + options.host()
                + ": "
                + (e.getCause() == null ? e : e.getCause()).getMessage()
                + ". Choose another port.",
            e);
      }
      throw new IllegalStateException("the HTTP server does not start", e);
    }
  }

  /** Where it listens. */
  public URI address() {
    String host =
        connector.getHost().contains(":") ? "[" + connector.getHost() + "]" : connector.getHost();
    return URI.create("http://" + host + ":" + connector.getLocalPort() + "/");
  }

  /** Where the model is asked: {@code …/v1/models/NAME}. */
  public URI modelAddress() {
    return address().resolve("v1/models/" + name);
  }

  /** Takes no more requests, answers those under way, and frees the model. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not stop", e);
    } finally {
      batcher.close();
      model.close();
    }
  }
}
