package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Keras's steps: {@code values[0]} up to and with step {@code boundaries[0]}, then {@code
 * values[1]}, and so on.
 */
public record PiecewiseConstantDecay(List<Double> boundaries, List<Double> values)
    implements Schedule {
  /** Copies its lists. */
  public PiecewiseConstantDecay {
    boundaries = List.copyOf(boundaries);
    values = List.copyOf(values);
  }

  static PiecewiseConstantDecay read(Config c) {
    double[] boundaries = c.get("boundaries").numbers();
    double[] values = c.get("values").numbers();
    if (boundaries.length != values.length - 1) {
      throw c.get("values").wrong("one value more than the " + boundaries.length + " boundaries");
    }
    return new PiecewiseConstantDecay(
        DoubleStream.of(boundaries).boxed().toList(), DoubleStream.of(values).boxed().toList());
  }

  @Override
  public float rate(long step) {
    int i = 0;
    while (i < boundaries.size() && step > boundaries.get(i).longValue()) {
      i++;
    }
    return values.get(i).floatValue();
  }

  @Override
  public Object config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("boundaries", boundaries);
    config.put("values", values);
    config.put("name", "PiecewiseConstant");
    return Schedule.keras("PiecewiseConstantDecay", config);
  }
}
