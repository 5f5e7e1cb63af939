package dev.graft.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jline.nativ.CLibrary;

/** The terminal behind standard error, if there is one. */
final class Screen {
  private static final int STANDARD_ERROR = 2;
  private static final int USUAL_WIDTH = 80;
  private static final Pattern TERMINAL = Pattern.compile("/dev/(pts/\\d+|tty.*|console|hvc\\d+)");

  private Screen() {}

  /**
   * True when standard error is a terminal on which a line may be redrawn.
   *
   * @param environment {@code CI}, {@code NO_COLOR} (no-color.org) and {@code TERM=dumb} say no
   */
  static boolean interactive(Map<String, String> environment) {
    if (set(environment, "CI") || set(environment, "NO_COLOR")) {
      return false;
    }
    return !"dumb".equals(environment.get("TERM")) && terminal();
  }

  private static boolean set(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    return !value.isEmpty() && !value.equals("false") && !value.equals("0");
  }

  private static boolean terminal() {
    Path link = Path.of("/proc/self/fd/" + STANDARD_ERROR);
    try {
      // Where the system tells what is open by a name, no native library has to be asked.
      if (Files.isSymbolicLink(link)) {
        return TERMINAL.matcher(Files.readSymbolicLink(link).toString()).matches();
      }
      return CLibrary.isatty(STANDARD_ERROR) == 1;
    } catch (IOException | LinkageError | RuntimeException e) {
      // Where there is no POSIX call to ask, lines are always right.
      return false;
    }
  }

  /** The width of the terminal now, in columns; asked anew each time, for it may be resized. */
  static int width() {
    try {
      CLibrary.WinSize size = new CLibrary.WinSize();
      boolean known =
          CLibrary.ioctl(STANDARD_ERROR, CLibrary.TIOCGWINSZ, size) == 0 && size.ws_col > 0;
      return known ? size.ws_col : USUAL_WIDTH;
    } catch (LinkageError | RuntimeException e) {
      return USUAL_WIDTH;
    }
  }
}
