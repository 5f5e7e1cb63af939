package dev.graft.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.Browser;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. */
@Tag("browser")
class PageTest {
  @TempDir Path folder;

  @Test
  void showsTheClassesOfAPhotoThatIsChosenOrDropped() throws IOException, InterruptedException {
    Served.write(Files.createDirectory(folder.resolve("run")));
    byte[] picture = Served.picture(3, "png");
    Path photo = Files.write(folder.resolve("photo.png"), picture);
    Path text = Files.writeString(folder.resolve("text.png"), "no picture");
    float[] probabilities = Served.probabilities(picture);
    String[] names = {"daisy", "rose", "töüip"};
    int best = 0;
    for (int i = 1; i < 3; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    String expected =
        String.format(Locale.ROOT, "%s %.1f %%", names[best], 100 * probabilities[best]);
    try (ModelServer server =
            ModelServer.start(
                folder.resolve("run"),
                ServerOptions.local("flowers", 0),
                new Settings(1, "cpu", Settings.Precision.FLOAT32));
        Browser browser = Browser.open(folder.resolve("profile"), server.address())) {
      browser.await(
          "document.querySelector('#answer') !== null && document.readyState === 'complete'");
      browser.choose("#file", photo);
      browser.await("document.querySelectorAll('#answer tr').length === 3");
      assertThat(browser.evaluate(firstRow())).isEqualTo(expected);
      assertThat(browser.evaluate("document.getElementById('photo').naturalWidth")).isEqualTo("24");
      browser.choose("#file", text);
      browser.await("document.getElementById('error').textContent !== ''");
      assertThat(browser.evaluate("document.getElementById('error').textContent"))
          .isEqualTo("image_bytes 0: expected a JPEG, PNG or GIF, came text (\"no picture\")");
      assertThat(browser.evaluate("document.querySelectorAll('#answer tr').length")).isEqualTo("0");
      browser.evaluate(drop(picture));
      browser.await("document.querySelectorAll('#answer tr').length === 3");
      assertThat(browser.evaluate(firstRow())).isEqualTo(expected);
      assertThat(browser.evaluate("document.getElementById('error').textContent")).isEmpty();
    }
  }

  private static String firstRow() {
    return "document.querySelector('#answer tr').innerText.replace(/\\s+/g, ' ').trim()";
  }

  private static String drop(byte[] picture) {
    return "(() => { const bytes = Uint8Array.from(atob('"
        + Base64.getEncoder().encodeToString(picture)
        + "'), c => c.charCodeAt(0)); const data = new DataTransfer();"
        + " data.items.add(new File([bytes], 'dropped.png', {type: 'image/png'}));"
        + " document.dispatchEvent(new DragEvent('drop', {dataTransfer: data, cancelable: true}));"
        + " })()";
  }
}
