package dev.graft.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One call of Keras's {@code compile} and {@code fit}.
 *
 * @param name for logs
 * @param objective losses and metrics
 * @param optimizer with its learning rate
 * @param pace epochs, batches, order and validation
 * @param weighting how much each example counts
 * @param learningRates start rates of layers whose name fits a pattern ({@code block5_*}); the
 *     first that fits counts, and whatever scales the stage's rate scales it
 * @param averages kept beside the weights, or null
 * @param cache whether outputs of the frozen part are kept
 * @param callbacks told of every epoch, in order
 */
public record Stage(
    String name,
    Objective objective,
    Optimizer optimizer,
    Pace pace,
    Weighting weighting,
    Map<String, Double> learningRates,
    Averages averages,
    Cache cache,
    List<Callback> callbacks) {
  /** Where the frozen part's outputs are kept. */
  public enum Place {
    /** In memory while there is room, then on disk. */
    AUTO,
    MEMORY,
    DISK,
    /** Nowhere: the frozen part runs in every step. */
    OFF
  }

  /**
   * How the frozen part's outputs are kept.
   *
   * @param copies how many copies of each example that is changed at random; 0 keeps none of such
   */
  public record Cache(Place place, int copies) {
    public static final Cache AUTO = new Cache(Place.AUTO, 0);
    public static final Cache MEMORY = new Cache(Place.MEMORY, 0);
    public static final Cache DISK = new Cache(Place.DISK, 0);
    public static final Cache OFF = new Cache(Place.OFF, 0);

    /** The same with another number of copies. */
    public Cache withCopies(int other) {
      return new Cache(place, other);
    }
  }

  /** Copies its lists. */
  public Stage {
    learningRates = Collections.unmodifiableMap(new LinkedHashMap<>(learningRates));
    callbacks = List.copyOf(callbacks);
  }

  /** A stage without weights, own rates and callbacks, that keeps what can be kept. */
  public static Stage of(String name, Objective objective, Optimizer optimizer, Pace pace) {
    return new Stage(
        name, objective, optimizer, pace, Weighting.NONE, Map.of(), null, Cache.AUTO, List.of());
  }

  /** The same stage with other callbacks. */
  public Stage with(Callback... others) {
    return new Stage(
        name,
        objective,
        optimizer,
        pace,
        weighting,
        learningRates,
        averages,
        cache,
        List.of(others));
  }

  /** The same stage with another cache. */
  public Stage with(Cache other) {
    return new Stage(
        name, objective, optimizer, pace, weighting, learningRates, averages, other, callbacks);
  }

  /** The same stage with other weights of examples. */
  public Stage with(Weighting other) {
    return new Stage(
        name, objective, optimizer, pace, other, learningRates, averages, cache, callbacks);
  }

  /** The same stage with rates of its own for some layers. */
  public Stage with(Map<String, Double> rates) {
    return new Stage(
        name, objective, optimizer, pace, weighting, rates, averages, cache, callbacks);
  }

  /** The same stage with averages of the weights kept beside them. */
  public Stage with(Averages kept) {
    return new Stage(
        name, objective, optimizer, pace, weighting, learningRates, kept, cache, callbacks);
  }
}
