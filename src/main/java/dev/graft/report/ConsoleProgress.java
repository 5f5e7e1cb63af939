package dev.graft.report;

import dev.graft.progress.Progress;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * Progress for people: on a terminal one line a phase that is redrawn in place, elsewhere one line
 * an epoch.
 *
 * <p>A step costs a comparison and a store; the line is drawn ten times a second by a thread of its
 * own. Events come from one thread at a time.
 */
public final class ConsoleProgress implements Progress, AutoCloseable {
  private static final int REDRAW_MILLIS = 100;

  /** Phases shorter than this leave no line behind. */
  private static final double WORTH_A_LINE_SECONDS = 3;

  private static final String ERASE_TO_END = "\u001b[K";

  private final PrintStream err;
  private final IntSupplier width;
  private final Deque<Phase> phases = new ArrayDeque<>();
  private final Mode mode;
  private String epoch;
  private ProgressBar bar;
  private Line line;

  /** How much is said. */
  public enum Mode {
    SILENT,
    BAR,
    LINES
  }

  /** A phase that has begun; what the bar shows is read from here when it is drawn. */
  private static final class Phase {
    private final PhaseStarted started;
    private final String name;
    private final long began = System.nanoTime();
    private volatile long done;
    private volatile Map<String, Double> metrics = Map.of();

    Phase(PhaseStarted started, String name) {
      this.started = started;
      this.name = name;
    }
  }

  ConsoleProgress(PrintStream err, Mode mode, IntSupplier width) {
    this.err = err;
    this.mode = mode;
    this.width = width;
  }

  /** Writes to {@code err}, which is taken for a terminal if {@code mode} is {@code BAR}. */
  public ConsoleProgress(PrintStream err, Mode mode) {
    this(err, mode, Screen::width);
  }

  /**
   * A bar if standard error is a terminal, else lines.
   *
   * @param err standard error
   * @param environment {@code CI}, {@code NO_COLOR} and {@code TERM=dumb} give lines
   * @param quiet says nothing at all
   */
  public static ConsoleProgress of(
      PrintStream err, Map<String, String> environment, boolean quiet) {
    Mode mode = quiet ? Mode.SILENT : Screen.interactive(environment) ? Mode.BAR : Mode.LINES;
    return new ConsoleProgress(err, mode);
  }

  @Override
  public void on(Event event) {
    if (event instanceof Advanced advanced) {
      advance(advanced);
    } else if (event instanceof PhaseStarted started) {
      begin(started);
    } else if (event instanceof PhaseEnded) {
      end();
    } else if (event instanceof EpochStarted started) {
      drop();
      epoch = started.stage() + ": epoch " + (started.epoch() + 1) + "/" + started.epochs();
    } else if (event instanceof EpochEnded ended) {
      summary(ended);
    } else if (event instanceof Message message) {
      say(message.text());
    }
  }

  private void advance(Advanced advanced) {
    Phase phase = phases.peek();
    if (phase == null) {
      return;
    }
    phase.metrics = advanced.metrics();
    phase.done = advanced.done();
    if (mode == Mode.BAR) {
      if (bar == null) {
        open(phase);
      }
      bar.stepTo(advanced.done());
    }
  }

  private void begin(PhaseStarted started) {
    erase();
    String name = started.name();
    if (epoch != null) {
      name = phases.isEmpty() && name.equals("training") ? epoch : epoch + ", " + name;
    }
    phases.push(new Phase(started, Figures.plain(name)));
    if (mode == Mode.BAR) {
      open(phases.peek());
    }
  }

  private void open(Phase phase) {
    line = new Line();
    bar =
        new ProgressBarBuilder()
            .setTaskName(phase.name)
            .setInitialMax(phase.started.total())
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .continuousUpdate()
            .setRenderer(new BarLine(phase.started.unit(), () -> phase.metrics))
            .setConsumer(line)
            .build();
  }

  private void end() {
    erase();
    Phase phase = phases.poll();
    double seconds = phase == null ? 0 : (System.nanoTime() - phase.began) / 1e9;
    // Inside an epoch, the epoch's own line says it all.
    if (epoch == null && seconds >= WORTH_A_LINE_SECONDS) {
      say(closing(phase, seconds));
    }
  }

  private static String closing(Phase phase, double seconds) {
    String unit = phase.started.unit();
    String text = phase.name + ": " + Figures.amount(phase.done, unit);
    text += unit.equals("bytes") ? " MB" : " " + unit;
    text += " - " + Figures.seconds(seconds);
    text += " - " + Figures.speed(phase.done / seconds, unit);
    return phase.metrics.isEmpty() ? text : text + " - " + Figures.logs(phase.metrics);
  }

  private void summary(EpochEnded ended) {
    drop();
    epoch = null;
    String head = ended.stage() + ": epoch " + (ended.epoch() + 1) + "/" + ended.epochs();
    say(head + " - " + Figures.seconds(ended.seconds()) + " - " + Figures.logs(ended.logs()));
  }

  /** Phases that were cut short never end; an epoch's border ends them. */
  private void drop() {
    erase();
    phases.clear();
  }

  /** Prints a line that stays, above the bar if there is one. */
  private void say(String text) {
    if (mode == Mode.SILENT) {
      return;
    }
    String start = mode == Mode.BAR ? "\r" + ERASE_TO_END : "";
    synchronized (err) {
      err.print(start + Figures.plain(text) + System.lineSeparator());
      err.flush();
    }
    if (bar != null) {
      bar.refresh();
    }
  }

  private void erase() {
    if (bar != null) {
      bar.close();
      // The library closes the line on its drawing thread, which a last redraw may keep busy.
      line.close();
      bar = null;
    }
  }

  /** Removes the bar, so that what is printed next begins on a line of its own. */
  @Override
  public void close() {
    drop();
    epoch = null;
  }

  /**
   * The terminal's last line: rewritten without being blanked first, so that it does not flicker.
   */
  private final class Line implements ProgressBarConsumer {
    private boolean closed;

    @Override
    public int getMaxRenderedLength() {
      // The last column stays free: some terminals wrap when it is written.
      return width.getAsInt() - 1;
    }

    @Override
    public void accept(String line) {
      print("\r" + line + ERASE_TO_END);
    }

    @Override
    public void close() {
      synchronized (err) {
        print("\r" + ERASE_TO_END);
        closed = true;
      }
    }

    private void print(String text) {
      synchronized (err) {
        // The drawing thread may be one line behind.
        if (!closed) {
          err.print(text);
          err.flush();
        }
      }
    }
  }
}
