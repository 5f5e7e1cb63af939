package dev.graft.advise;

import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Dataset;
import dev.graft.data.Examples;
import dev.graft.data.Labels;
import dev.graft.data.Preparation;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Probes a pretrained network with the data at hand.
 *
 * <p>At each depth the activations of a sample are averaged over a coarse grid, so that all depths
 * give about the same number of features, and a {@link Probe} tells how well these tell the classes
 * apart.
 */
public final class Advisor {
  /** About so many features an example are kept at each depth. */
  private static final int FEATURES = 4096;

  private static final int MOST_DEPTHS = 6;
  private static final int BATCH = 16;

  private final Network network;
  private final Preprocessing image;
  private final Settings settings;
  private final Progress progress;

  /**
   * An advisor on a trunk.
   *
   * @param network with its weights
   * @param image how it wants its pictures
   */
  public Advisor(Network network, Preprocessing image, Settings settings, Progress progress) {
    this.network = network;
    this.image = image;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Probes {@code data}.
   *
   * @param sample how many examples at most, as many of each class as can be
   */
  public Advice on(Dataset data, int sample, long seed) {
    int[] count = counts(data);
    int[] rows = sample(data, sample, seed);
    Dataset chosen = data.select(rows);
    int[] labels = new int[chosen.size()];
    int[] inSample = new int[count.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = chosen.label(i);
      inSample[labels[i]]++;
    }
    double chance = (double) Arrays.stream(inSample).max().orElseThrow() / labels.length;
    Map<String, float[][]> features = features(chosen);
    Probe probe = new Probe(labels, count.length, seed);
    List<Measurement> probes = new ArrayList<>();
    progress.on(new Progress.PhaseStarted("probing", features.size(), "depths"));
    features.forEach(
        (layer, values) -> {
          double accuracy = probe.accuracy(values);
          double error = Math.sqrt(Math.max(accuracy * (1 - accuracy), 0.01) / labels.length);
          double depth = (double) probes.size() / (features.size() - 1);
          probes.add(new Measurement(layer, depth, values[0].length, accuracy, error));
          progress.on(new Progress.Advanced(probes.size(), Map.of()));
        });
    progress.on(new Progress.PhaseEnded());
    int fewest = Arrays.stream(count).min().orElseThrow();
    return new Advice(
        new Advice.Amount(data.size(), count.length, fewest, labels.length, chance), probes);
  }

  private static int[] counts(Dataset data) {
    int[] counts = new int[data.classes().size()];
    if (counts.length < 2) {
      throw new SettingException(
          data.name() + ": advice needs examples with one of at least two classes each.");
    }
    for (int row = 0; row < data.size(); row++) {
      if (data.label(row) < 0) {
        throw new SettingException(data.name() + ": advice needs examples with one class each.");
      }
      counts[data.label(row)]++;
    }
    return counts;
  }

  /** Rows in their own order, dealt over the classes in turn. */
  private static int[] sample(Dataset data, int most, long seed) {
    if (data.size() <= most) {
      return java.util.stream.IntStream.range(0, data.size()).toArray();
    }
    List<List<Integer>> classes = new ArrayList<>();
    data.classes().forEach(c -> classes.add(new ArrayList<>()));
    for (int row = 0; row < data.size(); row++) {
      classes.get(data.label(row)).add(row);
    }
    java.util.Random random = new java.util.Random(new SplittableRandom(seed).nextLong());
    classes.forEach(rows -> java.util.Collections.shuffle(rows, random));
    List<Integer> chosen = new ArrayList<>();
    for (int turn = 0; chosen.size() < most; turn++) {
      for (List<Integer> rows : classes) {
        if (turn < rows.size() && chosen.size() < most) {
          chosen.add(rows.get(turn));
        }
      }
    }
    return chosen.stream().mapToInt(row -> row).sorted().toArray();
  }

  /** The features of every example at each depth, the pictures first. */
  private Map<String, float[][]> features(Dataset data) {
    List<Ref> depths = depths(network.model());
    Path path = path(depths);
    Map<String, float[][]> features = new LinkedHashMap<>();
    features.put(Measurement.PIXELS, new float[data.size()][]);
    depths.forEach(ref -> features.put(ref.layer(), new float[data.size()][]));
    progress.on(new Progress.PhaseStarted("features", data.size(), "examples"));
    int row = 0;
    try (Examples examples = data.prepare(new Preparation(image, Labels.SPARSE), settings);
        Batches batches = Batches.inOrder(examples, BATCH)) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next();
            Result result = network.run(path, batch.inputs())) {
          int k = 0;
          for (float[][] all : features.values()) {
            float[] values = Tensors.read(result.get(k++));
            int width = values.length / batch.size();
            for (int i = 0; i < batch.size(); i++) {
              all[row + i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
            }
          }
          row += batch.size();
          progress.on(new Progress.Advanced(row, Map.of()));
        }
      }
    }
    progress.on(new Progress.PhaseEnded());
    return features;
  }

  /** The network up to the last depth, each depth's activations averaged over a grid. */
  private Path path(List<Ref> depths) {
    Path whole = network.path(Path.Mode.INFERENCE, network.model().inputs(), depths);
    Map<Ref, Spec> specs = network.model().specs();
    Ops tf = network.ops().withSubScope("advice");
    List<Operand<?>> outputs = new ArrayList<>();
    Spec input = specs.get(network.model().inputs().get(0));
    outputs.add(coarse(tf, whole.feeds().get(0), input));
    for (int i = 0; i < depths.size(); i++) {
      outputs.add(coarse(tf, whole.outputs().get(i), specs.get(depths.get(i))));
    }
    List<Ref> to = new ArrayList<>(network.model().inputs());
    to.addAll(depths);
    return new Path(whole.from(), whole.feeds(), to, outputs, whole.updates(), whole.losses());
  }

  @SuppressWarnings("unchecked")
  private static Operand<?> coarse(Ops tf, Operand<?> activations, Spec spec) {
    if (spec.rank() != 4) {
      return activations;
    }
    long side = Math.max(1, (long) Math.sqrt((double) FEATURES / spec.size(3)));
    int height = (int) Math.min(side, spec.size(1) < 0 ? side : spec.size(1));
    int width = (int) Math.min(side, spec.size(2) < 0 ? side : spec.size(2));
    return tf.image.resizeArea(
        (Operand<TFloat32>) activations, tf.constant(new int[] {height, width}));
  }

  /** The last layer at each size of the activations, and the output; at most six. */
  static List<Ref> depths(Model model) {
    Map<Ref, Spec> specs = model.specs();
    Map<Long, Ref> bySize = new LinkedHashMap<>();
    for (Use use : model.uses()) {
      Ref ref = new Ref(use.layer(), use.node(), 0);
      Spec spec = specs.get(ref);
      boolean pictures = spec.rank() == 4 && spec.size(1) > 0 && spec.size(2) > 0;
      if (pictures && !model.inputs().contains(ref)) {
        bySize.put(spec.size(1) * spec.size(2), ref);
      }
    }
    List<Ref> depths = new ArrayList<>(bySize.values());
    Ref last = model.outputs().get(0);
    if (!depths.contains(last)) {
      depths.add(last);
    }
    while (depths.size() > MOST_DEPTHS) {
      depths.remove(0);
    }
    return depths;
  }
}
