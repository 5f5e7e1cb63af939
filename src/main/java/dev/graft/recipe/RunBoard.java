package dev.graft.recipe;

import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Examples;
import dev.graft.data.Preprocessing;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import dev.graft.network.FrozenPart;
import dev.graft.network.Network;
import dev.graft.report.ConfusionPicture;
import dev.graft.report.EventFile;
import dev.graft.report.Predictions;
import dev.graft.report.Projector;
import dev.graft.report.RunReport;
import dev.graft.runtime.Tensors;
import dev.graft.train.FeatureCache;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.tensorflow.Result;

/**
 * What TensorBoard shows of a run besides the curves: the pictures of the first batch as the
 * network sees them, confusion matrices, and bottleneck features for the projector.
 */
final class RunBoard {
  private static final int PICTURES = 16;
  private static final int MOST_POINTS = 1000;

  /** As many when the whole network has to be run for them. */
  private static final int FEW_POINTS = 128;

  /** Numbers of the projector's table, which is text and is read by a browser. */
  private static final int MOST_VALUES = 2_000_000;

  private final Path folder;

  /**
   * Examples that are shown.
   *
   * @param how they were prepared; null for arrays
   * @param first gives what {@link #sights} does, or nothing
   */
  record Seen(Examples examples, Preprocessing how, Supplier<List<BufferedImage>> first) {}

  /** A board in {@code folder}, the one TensorBoard is pointed at. */
  RunBoard(Path folder) {
    this.folder = folder;
  }

  /** The pictures of a first batch, changed at random as in training. */
  void pictures(String stage, Examples train, Preprocessing how, long seed, long step) {
    Thumbnails thumbnails = new Thumbnails(train, how);
    if (!thumbnails.possible() || train.size() == 0) {
      return;
    }
    int[] order = Batches.permutation(train.size(), seed, 0);
    int[] rows = Arrays.copyOf(order, Math.min(PICTURES, order.length));
    try (EventFile file = EventFile.in(folder.resolve("pictures"))) {
      String tag = stage + (train.augmented() ? "/augmented batch" : "/batch");
      file.images(tag, step, thumbnails.pictures(rows, Batches.draw(seed, 0)));
    }
  }

  /** The first examples as the projector shows them, without a network: as many as it may need. */
  static List<BufferedImage> sights(Examples examples, Preprocessing how) {
    if (examples == null || examples.size() == 0) {
      return List.of();
    }
    Thumbnails thumbnails = new Thumbnails(examples, how);
    int[] rows = IntStream.range(0, Math.min(FEW_POINTS, examples.size())).toArray();
    return thumbnails.possible() ? thumbnails.small(rows, Projector.THUMBNAIL) : List.of();
  }

  /** The confusion matrices of what a run came to. */
  void outcomes(List<RunReport.Outcome> outcomes, long step) {
    List<RunReport.Outcome> shown =
        outcomes.stream().filter(o -> o.said().kind() == Predictions.Kind.CLASSES).toList();
    if (shown.isEmpty()) {
      return;
    }
    try (EventFile file = EventFile.in(folder.resolve("evaluation"))) {
      for (RunReport.Outcome outcome : shown) {
        String tag = "confusion of " + outcome.output() + "/" + outcome.data();
        file.images(tag, step, List.of(ConfusionPicture.of(outcome.evaluation())));
      }
    }
  }

  /**
   * Features of some examples: the outputs of the frozen part, or what goes into the last layer
   * with weights where nothing is frozen; maps are averaged over their places.
   *
   * @return writes what was computed, without the network
   */
  Runnable features(Seen seen, FeatureCache.Lookup cache) {
    Examples examples = seen.examples;
    Network network = cache.network();
    Model model = network.model();
    Examples kept = cache.find(examples);
    Ref ref = unflattened(model, bottleneck(model));
    Spec spec = model.specs().get(ref);
    long width = spec.rank() > 2 ? spec.size(-1) : spec.perExample();
    if (!spec.dtype().floating()
        || model.inputs().contains(ref)
        || width < 1
        || width > MOST_VALUES
        || spec.perExample() < 1) {
      return () -> {};
    }
    long most = Math.min(kept == null ? FEW_POINTS : MOST_POINTS, MOST_VALUES / width);
    int[] rows = IntStream.range(0, (int) Math.min(most, examples.size())).toArray();
    float[] values = new float[rows.length * (int) width];
    List<Ref> inputs = model.inputs();
    dev.graft.network.Path path =
        kept == null
            ? network.path(dev.graft.network.Path.Mode.INFERENCE, inputs, List.of(ref))
            : null;
    try (Batches batches = Batches.of(kept == null ? examples : kept, rows, 8, -1)) {
      int row = 0;
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          float[] all =
              path == null ? Tensors.read(batch.inputs().get(0)) : run(network, path, batch);
          for (int i = 0; i < batch.size(); i++) {
            int each = all.length / batch.size();
            average(new Span(all, i * each, each), values, row++ * (int) width, (int) width);
          }
        }
      }
    }
    return () -> write(seen, rows, (int) width, values);
  }

  private static float[] run(Network network, dev.graft.network.Path path, Batch batch) {
    try (Result result = network.run(path, batch.inputs())) {
      return Tensors.read(result.get(0));
    }
  }

  /** The mean over the places of one example; the channels lie innermost. */
  private static void average(Span from, float[] into, int at, int width) {
    int places = from.length / width;
    for (int i = 0; i < from.length; i++) {
      into[at + i % width] += from.values[from.start + i] / places;
    }
  }

  /** A part of an array. */
  private record Span(float[] values, int start, int length) {}

  private void write(Seen seen, int[] rows, int width, float[] values) {
    Examples examples = seen.examples;
    List<String> labels = new ArrayList<>();
    List<String> names = new ArrayList<>();
    Thumbnails thumbnails = new Thumbnails(examples, seen.how);
    for (int row : rows) {
      int label = examples.label(row);
      labels.add(label < 0 ? "" : examples.classes().get(label));
      names.add(thumbnails.name(row));
    }
    Projector.write(
        folder,
        new Projector.Points(
            width,
            values,
            labels,
            names,
            thumbnails.possible() ? squares(thumbnails, rows, seen.first.get()) : List.of()));
  }

  /** Squares of {@code rows}, which count from 0; the first of them are there. */
  private static List<BufferedImage> squares(
      Thumbnails thumbnails, int[] rows, List<BufferedImage> first) {
    List<BufferedImage> all =
        new ArrayList<>(first.subList(0, Math.min(first.size(), rows.length)));
    int[] rest = Arrays.copyOfRange(rows, all.size(), rows.length);
    all.addAll(thumbnails.small(rest, Projector.THUMBNAIL));
    return all;
  }

  private static Ref bottleneck(Model model) {
    if (FrozenPart.worthKeeping(model)) {
      return FrozenPart.border(model).get(0);
    }
    Ref last = model.outputs().get(0);
    for (Use use : model.uses()) {
      boolean weights = !model.slots().getOrDefault(use.layer(), List.of()).isEmpty();
      last = weights && !use.inputs().isEmpty() ? use.inputs().get(0) : last;
    }
    return last;
  }

  /** What was flattened, so that its places can be averaged. */
  private static Ref unflattened(Model model, Ref ref) {
    boolean flat = model.layer(ref.layer()).layer().className().equals("Flatten");
    return flat
        ? model.uses().stream()
            .filter(use -> use.layer().equals(ref.layer()) && use.node() == ref.node())
            .findFirst()
            .orElseThrow()
            .inputs()
            .get(0)
        : ref;
  }
}
