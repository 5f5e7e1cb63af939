package dev.graft.report;

import dev.graft.files.AtomicFiles;
import dev.graft.train.RateSearch;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What a search for a learning rate came to, as files. */
public final class RateCurve {
  private RateCurve() {}

  /**
   * Writes {@code learning_rate.csv}, and {@code learning_rate.svg} and {@code .png} where the
   * machine can draw, into {@code folder}.
   *
   * @return false when nothing could be drawn
   */
  public static boolean write(RateSearch.Curve curve, Path folder) {
    AtomicFiles.string(folder.resolve("learning_rate.csv"), curve.csv());
    if (!Chart.possible()) {
      return false;
    }
    Chart chart = chart(curve);
    AtomicFiles.string(folder.resolve("learning_rate.svg"), chart.svg());
    AtomicFiles.bytes(folder.resolve("learning_rate.png"), chart.png().png());
    return true;
  }

  private static Chart chart(RateSearch.Curve curve) {
    Chart chart = Chart.of("learning-rate", "Learning rate search", "learning rate", "loss");
    chart.style().setXAxisLogarithmic(true);
    double[] rates = values(curve.points(), RateSearch.Point::rate);
    chart.line("loss", rates, values(curve.points(), RateSearch.Point::loss));
    chart.line("smoothed", rates, values(curve.points(), RateSearch.Point::smoothed));
    if (!Double.isNaN(curve.steepest())) {
      chart.border(curve.steepest());
    }
    // One step that blew up would flatten all the others.
    double most = curve.points().get(0).smoothed();
    double least = most;
    for (RateSearch.Point p : curve.points()) {
      most = Math.max(most, p.smoothed());
      least = Math.min(least, Math.min(p.loss(), p.smoothed()));
    }
    chart.style().setYAxisMin(least - 0.05 * (most - least));
    chart.style().setYAxisMax(most + 0.05 * (most - least) + 1e-6);
    chart.style().setXAxisDecimalPattern("0E0");
    return chart;
  }

  private static double[] values(
      List<RateSearch.Point> points, ToDoubleFunction<RateSearch.Point> of) {
    return points.stream().mapToDouble(of).toArray();
  }

  /** The outcome in a sentence. */
  public static String sentence(RateSearch.Curve curve) {
    double steepest = curve.steepest();
    return Double.isNaN(steepest)
        ? "The loss never falls; look at lower rates, or at the data."
        : String.format(
            Locale.ROOT,
            "The loss falls fastest at a learning rate of %.1e and is lowest at %.1e.",
            steepest,
            curve.lowest());
  }
}
