package dev.graft.report;

import dev.graft.progress.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Listens where the seconds go, and hands every event on. */
public final class Timings implements Progress {
  private static final double LEAST_SECONDS = 0.005;

  /** Phases that tell no kind of work of their own. */
  private static final Map<String, String> PHASES =
      Map.of(
          "checking images", "checking every picture",
          "fitting", "statistics of the pictures",
          "evaluating", "evaluation");

  private final Progress next;
  private final long began = System.nanoTime();
  private final Map<Work, Double> works = new EnumMap<>(Work.class);
  private final Map<String, Double> phases = new LinkedHashMap<>();
  private final Deque<Open> open = new ArrayDeque<>();

  private record Open(String name, long began) {}

  private Timings(Progress next) {
    this.next = next;
  }

  /** Listens from now on, and tells {@code next}; {@code next} itself if it does so already. */
  public static Timings of(Progress next) {
    return next instanceof Timings timings ? timings : new Timings(next);
  }

  @Override
  public void on(Event event) {
    if (event instanceof Spent spent) {
      works.merge(spent.work(), spent.seconds(), Double::sum);
    } else if (event instanceof PhaseStarted started) {
      open.push(new Open(started.name(), System.nanoTime()));
    } else if (event instanceof PhaseEnded && !open.isEmpty()) {
      Open phase = open.pop();
      if (PHASES.containsKey(phase.name())) {
        double seconds = (System.nanoTime() - phase.began()) / 1e9;
        phases.merge(PHASES.get(phase.name()), seconds, Double::sum);
      }
    } else if (event instanceof EpochEnded) {
      // Phases that were cut short never end.
      open.clear();
    }
    next.on(event);
  }

  /** Where the seconds went until now; the rest is loading, saving and exporting. */
  public List<RunReport.Time> times() {
    Map<String, Double> all = new LinkedHashMap<>(phases);
    works.forEach((work, seconds) -> all.put(name(work), seconds));
    double rest = (System.nanoTime() - began) / 1e9;
    List<RunReport.Time> times = new ArrayList<>();
    for (Map.Entry<String, Double> each : all.entrySet()) {
      rest -= each.getValue();
      if (each.getValue() >= LEAST_SECONDS) {
        times.add(new RunReport.Time(each.getKey(), each.getValue()));
      }
    }
    if (rest >= LEAST_SECONDS) {
      times.add(new RunReport.Time("loading, saving, exporting", rest));
    }
    return times;
  }

  private static String name(Work work) {
    return switch (work) {
      case DECODE -> "waiting for data (decode, resize, augment)";
      case TRUNK -> "frozen trunk, once per example";
      case TRAINING -> "training steps (head and what is not frozen)";
      case VALIDATION -> "validation";
    };
  }
}
