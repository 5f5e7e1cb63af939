package dev.graft;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import dev.graft.config.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A page in a real Chromium without a window, driven by its DevTools protocol. */
public final class Browser implements AutoCloseable {
  private static final long PATIENCE = 60;

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private String session;
  private int sent;
  private final List<String> requests = new ArrayList<>();

  private Browser(Process process, URI devTools) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(devTools, new Messages())
            .join();
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        messages.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  /** Opens {@code page}; the test is skipped where there is no Chromium. */
  public static Browser open(Path profile, URI page) throws IOException, InterruptedException {
    String program =
        Stream.of(
                String.valueOf(System.getenv("GRAFT_BROWSER")),
                "/usr/bin/chromium",
                "/usr/bin/chromium-browser",
                "/usr/bin/google-chrome")
            .filter(path -> Files.isExecutable(Path.of(path)))
            .findFirst()
            .orElse(null);
    assumeTrue(program != null, "no Chromium: set GRAFT_BROWSER to one");
    Process process =
        new ProcessBuilder(
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "about:blank")
            .redirectErrorStream(true)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = said.readLine();
    while (line != null && !line.startsWith("DevTools listening on ")) {
      line = said.readLine();
    }
    Browser browser =
        new Browser(process, URI.create(line.substring("DevTools listening on ".length())));
    Config target = browser.call("Target.createTarget", Map.of("url", "about:blank"));
    browser.session =
        browser
            .call(
                "Target.attachToTarget",
                Map.of("targetId", target.string("targetId"), "flatten", true))
            .string("sessionId");
    browser.call("Network.enable", Map.of());
    browser.call("Page.navigate", Map.of("url", page.toString()));
    browser.await("location.href !== 'about:blank' && document.readyState === 'complete'");
    return browser;
  }

  /** One call of the protocol; what happens meanwhile is heard. */
  private Config call(String method, Map<String, ?> parameters) throws InterruptedException {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", ++sent);
    message.put("method", method);
    message.put("params", parameters);
    if (session != null) {
      message.put("sessionId", session);
    }
    socket.sendText(Json.compact(message), true).join();
    while (true) {
      String text = messages.poll(PATIENCE, TimeUnit.SECONDS);
      if (text == null) {
        throw new AssertionError("the browser does not answer " + method);
      }
      Config answer = Config.parse(text, method);
      if (answer.string("method", "").equals("Network.requestWillBeSent")) {
        requests.add(answer.get("params").get("request").string("url"));
      }
      if (answer.integer("id", -1) == sent) {
        if (!answer.has("result")) {
          throw new AssertionError(text);
        }
        return answer.get("result");
      }
    }
  }

  /** The value of a JavaScript expression, as text. */
  public String evaluate(String expression) throws InterruptedException {
    Config result =
        call(
            "Runtime.evaluate",
            Map.of("expression", "String(" + expression + ")", "awaitPromise", true));
    return result.get("result").string("value");
  }

  /** Waits until a JavaScript expression is true. */
  public void await(String expression) throws InterruptedException {
    for (int i = 0; i < PATIENCE * 10; i++) {
      if (evaluate(expression).equals("true")) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(
        expression + " does not come true: " + evaluate("document.body.innerText"));
  }

  /** Chooses {@code file} in the file input {@code selector}. */
  public void choose(String selector, Path file) throws InterruptedException {
    int document = call("DOM.getDocument", Map.of()).get("root").integer("nodeId");
    int node =
        call("DOM.querySelector", Map.of("nodeId", document, "selector", selector))
            .integer("nodeId");
    call("DOM.setFileInputFiles", Map.of("nodeId", node, "files", new String[] {file.toString()}));
  }

  /** Every address that the page asked for until now. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Shows the page at this width in CSS pixels, {@code light} or {@code dark}. */
  public void look(int width, boolean phone, String scheme) throws InterruptedException {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 844, "deviceScaleFactor", 1, "mobile", phone));
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** The whole page as PNG. */
  public byte[] screenshot() throws InterruptedException {
    Config answer = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
    return Base64.getDecoder().decode(answer.string("data"));
  }

  /** The page as it prints, a PDF. */
  public byte[] print() throws InterruptedException {
    Config answer = call("Page.printToPDF", Map.of("printBackground", true));
    return Base64.getDecoder().decode(answer.string("data"));
  }

  @Override
  public void close() {
    socket.abort();
    // Its children write to the profile as long as they live.
    List<ProcessHandle> all = process.descendants().toList();
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
      for (ProcessHandle each : all) {
        each.destroyForcibly();
        each.onExit().completeOnTimeout(each, 10, TimeUnit.SECONDS).join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
