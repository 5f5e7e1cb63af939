package dev.graft.serve;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which path is answered by whom, and what every answer has in common. */
final class HttpRoutes extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(HttpRoutes.class);

  private final RestApi api;
  private final ServerOptions options;
  private final Metrics metrics;
  private final String page;

  HttpRoutes(RestApi api, ServerOptions options, Metrics metrics) {
    this.api = api;
    this.options = options;
    this.metrics = metrics;
    this.page = page(options.name());
  }

  private static String page(String name) {
    try (InputStream in = HttpRoutes.class.getResourceAsStream("page.html")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace(
              "{{model}}", name.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    long begin = System.nanoTime();
    metrics.begin();
    Reply reply = Reply.error(500, "internal error");
    try {
      reply = reply(request, path);
    } catch (Refusal e) {
      reply = Reply.error(e.code(), e.getMessage());
    } catch (IOException e) {
      reply = Reply.error(Refusal.BAD, "the request breaks off");
    } catch (RuntimeException e) {
      LOG.error("{} {}", request.getMethod(), path, e);
    } finally {
      metrics.end(RestApi.method(path), reply.code(), System.nanoTime() - begin);
    }
    response.setStatus(reply.code());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.type());
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    if (reply.code() == Refusal.BUSY) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
    }
    if (reply.type().startsWith("text/html")) {
      response
          .getHeaders()
          .put(
              "Content-Security-Policy",
              "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
                  + " connect-src 'self'; img-src blob: data:");
    }
    response.write(true, ByteBuffer.wrap(reply.body().getBytes(StandardCharsets.UTF_8)), callback);
    return true;
  }

  /** What was sent, unpacked as TensorFlow Serving does; the limit holds for what comes out. */
  private InputStream body(Request request) throws IOException {
    InputStream sent = Content.Source.asInputStream(request);
    String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    if (encoding == null || encoding.equalsIgnoreCase("identity")) {
      return new LimitedInput(sent, options.limits());
    }
    if (!encoding.equalsIgnoreCase("gzip")) {
      throw new Refusal(
          Refusal.UNSUPPORTED, "Content-Encoding: expected gzip or none, came " + encoding);
    }
    try {
      InputStream packed = new LimitedInput(sent, options.limits());
      return new LimitedInput(new GZIPInputStream(packed), options.limits());
    } catch (EOFException | ZipException e) {
      throw new Refusal(Refusal.BAD, "the request says it is gzip and is not");
    }
  }

  private Reply reply(Request request, String path) throws IOException {
    if (path.startsWith("/v1/")) {
      if (request.getLength() > options.limits().bodyBytes()) {
        throw LimitedInput.tooLarge(options.limits().bodyBytes());
      }
      try (InputStream body = body(request)) {
        return api.handle(request.getMethod(), path, body);
      }
    }
    if (!request.getMethod().equals("GET")) {
      throw new Refusal(405, "Malformed request: " + request.getMethod() + " " + path);
    }
    return switch (path) {
      case "/" -> new Reply(200, "text/html; charset=utf-8", page);
      case "/healthz" -> new Reply(200, "text/plain; charset=utf-8", "ok\n");
      case "/metrics" -> new Reply(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
      default -> throw new Refusal(Refusal.UNKNOWN, "there is nothing at " + path);
    };
  }
}
