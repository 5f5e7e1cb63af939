package dev.graft.train;

import dev.graft.error.SettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The learning rate range test (Smith, "Cyclical learning rates for training neural networks",
 * 2017): trains with a rate that grows from step to step and watches where the loss begins to fall,
 * falls fastest and blows up. The network is spoilt by it.
 */
public final class RateSearch {
  /** A smoothed loss is of so many parts of the search: more would lag behind, less be noise. */
  private static final double PARTS = 16;

  /** The search ends where the smoothed loss is so many times its best. */
  private static final double BLOWN_UP = 4;

  /** So many steps come before anything is judged. */
  private static final int SETTLING = 10;

  private RateSearch() {}

  /**
   * Where to look.
   *
   * @param from the first rate
   * @param to the last
   * @param steps from the one to the other, each multiplying the rate by the same factor
   */
  public record Range(double from, double to, int steps) {
    /** From 1e-7 to 10 in 100 steps. */
    public static final Range USUAL = new Range(1e-7, 10, 100);

    /** Checks the numbers. */
    public Range {
      if (!(from > 0 && to > from && Double.isFinite(to))) {
        throw new SettingException(
            "learning rates to look at: expected two that grow, came " + from + " and " + to + ".");
      }
      if (steps <= SETTLING) {
        throw new SettingException(
            "steps to look in: expected more than " + SETTLING + ", came " + steps + ".");
      }
    }

    /** How much of the loss so far a smoothed loss keeps. */
    private double kept() {
      return 1 - 1 / Math.max(2, steps / PARTS);
    }

    private float rate(long step) {
      return (float) (from * Math.pow(to / from, Math.min(1, step / (steps - 1.0))));
    }
  }

  /**
   * One step.
   *
   * @param rate of its update
   * @param loss before that update
   * @param smoothed the moving average of the losses, without its bias towards 0
   */
  public record Point(double rate, double loss, double smoothed) {}

  /** What came out, in the order of the rates. */
  public record Curve(List<Point> points) {
    /** Copies the list. */
    public Curve {
      points = List.copyOf(points);
    }

    /**
     * The rate at which the smoothed loss falls fastest over the logarithm of the rate, before its
     * lowest point: a good rate to train with. NaN when it never falls.
     */
    public double steepest() {
      double best = 0;
      double rate = Double.NaN;
      int end = lowestIndex();
      for (int i = SETTLING / 2; i + 1 <= end; i++) {
        Point before = points.get(i - 1);
        Point after = points.get(i + 1);
        double slope =
            (after.smoothed() - before.smoothed()) / Math.log(after.rate() / before.rate());
        if (slope < best) {
          best = slope;
          rate = points.get(i).rate();
        }
      }
      return rate;
    }

    /** The rate at which the smoothed loss is lowest: already too high to train with. */
    public double lowest() {
      return points.get(lowestIndex()).rate();
    }

    private int lowestIndex() {
      int lowest = 0;
      for (int i = 0; i < points.size(); i++) {
        lowest = points.get(i).smoothed() < points.get(lowest).smoothed() ? i : lowest;
      }
      return lowest;
    }

    /** A line a step: {@code learning_rate,loss,smoothed_loss}. */
    public String csv() {
      StringBuilder text = new StringBuilder("learning_rate,loss,smoothed_loss\n");
      for (Point p : points) {
        text.append(
            String.format(Locale.ROOT, "%.6g,%.6g,%.6g%n", p.rate(), p.loss(), p.smoothed()));
      }
      return text.toString();
    }
  }

  /** Searches with the network, examples, loss and optimizer of {@code job}. */
  public static Curve run(Job job, Range range) {
    Stage stage = job.stage();
    int size = Math.min(stage.pace().batchSize(), job.train().size());
    int batches = (job.train().size() + size - 1) / size;
    int epochs = (range.steps() + batches - 1) / batches;
    Optimizer given = stage.optimizer();
    Watcher watcher = new Watcher(range, job.train().size(), size);
    Stage search =
        new Stage(
            stage.name(),
            stage.objective(),
            new Optimizer(given.rule(), new Growing(range), given.tuning()),
            new Pace(0, epochs, size, 0, stage.pace().shuffle(), Pace.Validation.all(size)),
            stage.weighting(),
            stage.learningRates(),
            null,
            stage.cache(),
            List.of(watcher));
    Trainer.fit(
        new Job(
            job.network(),
            search,
            job.train(),
            null,
            Position.start(0, 0, 0),
            job.seed(),
            new History(),
            null,
            job.interrupted(),
            job.progress(),
            job.features()));
    if (watcher.points.isEmpty()) {
      throw new SettingException(
          "the loss is no finite number from the first step on, at a learning rate of "
              + range.from()
              + ". Begin lower.");
    }
    return new Curve(watcher.points);
  }

  private record Growing(Range range) implements Schedule {
    @Override
    public float rate(long step) {
      return range.rate(step);
    }

    @Override
    public Object config() {
      return range.from();
    }
  }

  /** Takes the loss of each step out of the running means. */
  private static final class Watcher implements Callback {
    final List<Point> points = new ArrayList<>();
    private final Range range;
    private final int examples;
    private final int size;
    private double sum;
    private double average;
    private double best = Double.MAX_VALUE;

    Watcher(Range range, int examples, int size) {
      this.range = range;
      this.examples = examples;
      this.size = size;
    }

    @Override
    public void onEpochBegin(Training training, int epoch) {
      sum = 0;
    }

    @Override
    public void onBadLoss(Training training, String reason) {
      training.stop("the loss is no longer finite; the search ends here.");
    }

    @Override
    public void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {
      int done = (int) Math.min(examples, (batch + 1) * size);
      double whole = logs.get("loss") * done;
      double loss = (whole - sum) / (done - batch * size);
      sum = whole;
      if (!Double.isFinite(loss)) {
        return;
      }
      double kept = range.kept();
      average = kept * average + (1 - kept) * loss;
      double smoothed = average / (1 - Math.pow(kept, points.size() + 1.0));
      points.add(new Point(training.rate(), loss, smoothed));
      best = Math.min(best, smoothed);
      if (points.size() >= range.steps()) {
        training.stop("all rates are looked at.");
      } else if (points.size() > SETTLING && best > 0 && smoothed > BLOWN_UP * best) {
        training.stop("the loss is " + (int) BLOWN_UP + " times its best; the search ends here.");
      }
    }
  }
}
