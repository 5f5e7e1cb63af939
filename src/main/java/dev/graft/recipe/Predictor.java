package dev.graft.recipe;

import dev.graft.data.Batches;
import dev.graft.data.Context;
import dev.graft.data.Dataset;
import dev.graft.data.Examples;
import dev.graft.data.Preparation;
import dev.graft.data.Source;
import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import dev.graft.export.Note;
import dev.graft.export.Scores;
import dev.graft.files.NpyArray;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import dev.graft.runtime.Tensors;
import dev.graft.train.FeatureRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** What a model says of pictures and arrays. Thread-safe; closes its network when closed. */
public final class Predictor implements AutoCloseable {
  private final Network network;
  private final Note note;
  private final Surroundings around;

  /** A predictor over a network that holds its weights. */
  public Predictor(Network network, Note note, Surroundings around) {
    this.network = network;
    this.note = note;
    this.around = around;
  }

  /**
   * One class and how likely it is.
   *
   * @param name its name, or its index as text when the model has no names
   * @param probability 0 to 1, or the raw output of a model that is no classifier
   */
  public record Guess(String name, int index, float probability) {}

  /** Everything the model says of one input, surest first. */
  public record Prediction(String input, List<Guess> guesses) {
    /** Copies its list. */
    public Prediction {
      guesses = List.copyOf(guesses);
    }

    /** As plain data for JSON, with at most {@code top} guesses. */
    public Map<String, Object> json(int top) {
      List<Object> all = new ArrayList<>();
      for (Guess guess : guesses.subList(0, Math.min(top, guesses.size()))) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("class", guess.name());
        one.put("index", guess.index());
        one.put("probability", guess.probability());
        all.add(one);
      }
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("input", input);
      json.put("predictions", all);
      return json;
    }
  }

  /** What the model says of image files and folders of images, in order. */
  public List<Prediction> pictures(List<Path> paths) {
    Dataset set = images(paths);
    List<Prediction> all = new ArrayList<>();
    int[] rows = IntStream.range(0, set.size()).toArray();
    try (Examples examples = set.prepare(new Preparation(note.image(), null), around.settings());
        FeatureRun run =
            new FeatureRun(
                network, first(), examples, Batches.groups(rows, FeatureRun.size(examples)), -1)) {
      around.progress().on(new Progress.PhaseStarted("predicting", examples.size(), "images"));
      for (int row : rows) {
        all.add(prediction(examples.name(row), run.next()));
        around.progress().on(new Progress.Advanced(all.size(), Map.of()));
      }
      around.progress().on(new Progress.PhaseEnded());
    }
    return all;
  }

  /** The same work as rows of raw outputs, to be written or done in shards. */
  public RowWork work(List<Path> paths) {
    return new RowWork(network, images(paths), new Preparation(note.image(), null), false, around);
  }

  /** What the model says by the parts that shards of {@code work} left beside {@code out}. */
  public List<Prediction> merged(RowWork work, Path out) {
    List<Prediction> all = new ArrayList<>();
    work.merge(out, (name, row) -> all.add(prediction(name, row)));
    return all;
  }

  private Prediction prediction(String name, float[] row) {
    Spec output = network.model().specs().get(network.model().outputs().get(0));
    return new Prediction(name, guesses(row, output));
  }

  private dev.graft.network.Path first() {
    return network.path(
        dev.graft.network.Path.Mode.INFERENCE,
        network.model().inputs(),
        List.of(network.model().outputs().get(0)));
  }

  private Dataset images(List<Path> paths) {
    if (note.image() == null) {
      throw new SettingException(
          "nothing says how this model wants its pictures. Add --preprocess with an application's"
              + " name or none, or --rescale.");
    }
    return Source.pictures(
        paths, Context.training(Path.of("").toAbsolutePath(), around.places(), around.progress()));
  }

  /** The guesses of one row of output, surest first; one sigmoid unit counts as two classes. */
  List<Guess> guesses(float[] row, Spec output) {
    boolean pair = row.length == 1 && output.rank() == 2 && Scores.of(network.model()).isPresent();
    float[] scores = pair ? new float[] {1 - row[0], row[0]} : row;
    List<String> names = note.classes();
    if (!names.isEmpty() && names.size() != scores.length) {
      throw new SettingException(
          "the model has "
              + scores.length
              + " classes, "
              + names.size()
              + " class names were given. Give one for each output.");
    }
    return IntStream.range(0, scores.length)
        .mapToObj(
            i -> new Guess(names.isEmpty() ? Integer.toString(i) : names.get(i), i, scores[i]))
        .sorted(Comparator.comparingDouble(guess -> -guess.probability()))
        .toList();
  }

  /**
   * The raw outputs for arrays, by output layer.
   *
   * @param inputs by input layer; a single one may have any name
   */
  public Map<String, NpyArray> arrays(Map<String, NpyArray> inputs) {
    List<Ref> wanted = network.model().inputs();
    List<NpyArray> ordered = new ArrayList<>();
    for (Ref ref : wanted) {
      NpyArray array =
          wanted.size() == 1 && inputs.size() == 1
              ? inputs.values().iterator().next()
              : inputs.get(ref.layer());
      if (array == null) {
        throw new SettingException(
            "input '"
                + ref.layer()
                + "' is missing. Give it with --input "
                + ref.layer()
                + "=FILE.");
      }
      check(ref, array);
      ordered.add(array);
    }
    long rows = ordered.get(0).shape()[0];
    Map<String, float[]> values = new LinkedHashMap<>();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (long from = 0; from < Math.max(rows, 1) && rows > 0; from += 32) {
      run(ordered, new Rows(from, Math.min(rows, from + 32), rows), values, shapes);
    }
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    values.forEach((name, array) -> outputs.put(name, NpyArray.of(shapes.get(name), array)));
    return outputs;
  }

  /** The rows of the first output as predictions. */
  public List<Prediction> rows(Map<String, NpyArray> outputs) {
    NpyArray first = outputs.values().iterator().next();
    Spec spec = network.model().specs().get(network.model().outputs().get(0));
    float[] values = first.floats();
    int rows = Math.toIntExact(first.shape()[0]);
    List<Prediction> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int width = values.length / rows;
      all.add(
          new Prediction(
              "row " + i, guesses(Arrays.copyOfRange(values, i * width, (i + 1) * width), spec)));
    }
    return all;
  }

  private void check(Ref ref, NpyArray array) {
    Spec spec = network.model().specs().get(ref);
    long[] shape = array.shape();
    boolean fits = shape.length == spec.rank();
    for (int i = 1; fits && i < shape.length; i++) {
      fits = spec.size(i) < 0 || spec.size(i) == shape[i];
    }
    if (!fits) {
      throw new ShapeException(
          "input '"
              + ref.layer()
              + "': the model expects "
              + spec
              + ", the array has "
              + Arrays.toString(shape)
              + ".");
    }
  }

  /** Rows {@code from} to {@code to} of {@code all}. */
  private record Rows(long from, long to, long all) {
    int count() {
      return (int) (to - from);
    }
  }

  private void run(
      List<NpyArray> inputs, Rows rows, Map<String, float[]> values, Map<String, long[]> shapes) {
    List<Tensor> tensors = new ArrayList<>();
    try {
      for (NpyArray array : inputs) {
        long[] shape = array.shape();
        float[] all = array.floats();
        int each = all.length / (int) shape[0];
        shape[0] = rows.count();
        tensors.add(
            Tensors.floats(
                Arrays.copyOfRange(all, (int) rows.from() * each, (int) rows.to() * each), shape));
      }
      try (Result result = network.run(network.inference(), tensors)) {
        int i = 0;
        for (Ref ref : network.model().outputs()) {
          float[] part = Tensors.read(result.get(i));
          long[] shape = result.get(i++).shape().asArray();
          int each = part.length / rows.count();
          shape[0] = rows.all();
          shapes.putIfAbsent(ref.layer(), shape);
          float[] whole =
              values.computeIfAbsent(
                  ref.layer(), k -> new float[Math.toIntExact(each * rows.all())]);
          System.arraycopy(part, 0, whole, (int) rows.from() * each, part.length);
        }
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
