package dev.graft.recipe;

import dev.graft.data.Batch;
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
  /** Pictures a run; more would only take more memory. */
  private static final int BATCH = 8;

  /** What the name of an output's spread ends in. */
  private static final String SPREAD = "_spread";

  private final Network network;
  private final Note note;
  private final Surroundings around;
  private final Samples samples;

  /** A predictor over a network that holds its weights. */
  public Predictor(Network network, Note note, Surroundings around) {
    this.network = network;
    this.note = note;
    this.around = around;
    this.samples = null;
  }

  private Predictor(Predictor plain, int number) {
    this.network = plain.network;
    this.note = plain.note;
    this.around = plain.around;
    this.samples = new Samples(network, number);
  }

  /**
   * The same predictor asking its network {@code number} times with dropout at work: it says the
   * mean, and the standard deviation as the spread. Close one of the two.
   *
   * @throws SettingException when no layer of the network draws at random
   */
  public Predictor sampling(int number) {
    return new Predictor(this, number);
  }

  /**
   * One class and how likely it is.
   *
   * @param name its name, or its index as text when the model has no names
   * @param probability 0 to 1, or the raw output of a model that is no classifier
   * @param spread the standard deviation over the samples; null where there is one sample
   */
  public record Guess(String name, int index, float probability, Float spread) {}

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
        if (guess.spread() != null) {
          one.put("spread", guess.spread());
        }
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
    if (note.image() == null) {
      throw new SettingException(
          "nothing says how this model wants its pictures. Add --preprocess with an application's"
              + " name or none, or --rescale.");
    }
    Context context =
        Context.training(Path.of("").toAbsolutePath(), around.places(), around.progress());
    Dataset set = Source.pictures(paths, context);
    Spec output = network.model().specs().get(network.model().outputs().get(0));
    List<Prediction> all = new ArrayList<>();
    try (Examples examples = set.prepare(new Preparation(note.image(), null), around.settings());
        Batches batches = Batches.inOrder(examples, BATCH)) {
      around.progress().on(new Progress.PhaseStarted("predicting", examples.size(), "images"));
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          Samples.Moments said = ask(batch.inputs()).get(0);
          for (int i = 0; i < batch.size(); i++) {
            all.add(
                new Prediction(
                    examples.name(batch.rows()[i]), guesses(said.row(i, batch.size()), output)));
          }
        }
        around.progress().on(new Progress.Advanced(all.size(), Map.of()));
      }
      around.progress().on(new Progress.PhaseEnded());
    }
    return all;
  }

  /** What the network says of a batch, one or many times. */
  private List<Samples.Moments> ask(List<Tensor> inputs) {
    if (samples != null) {
      return samples.of(inputs);
    }
    List<Samples.Moments> outputs = new ArrayList<>();
    try (Result result = network.run(network.inference(), inputs)) {
      for (Map.Entry<String, Tensor> output : result) {
        outputs.add(Samples.Moments.once(output.getValue()));
      }
    }
    return outputs;
  }

  /** The guesses of one row of output, surest first; one sigmoid unit counts as two classes. */
  private List<Guess> guesses(Samples.Moments row, Spec output) {
    float[] said = row.mean();
    boolean pair = said.length == 1 && output.rank() == 2 && Scores.of(network.model()).isPresent();
    float[] scores = pair ? new float[] {1 - said[0], said[0]} : said;
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
            i ->
                new Guess(
                    names.isEmpty() ? Integer.toString(i) : names.get(i),
                    i,
                    scores[i],
                    row.spread() == null ? null : row.spread()[pair ? 0 : i]))
        .sorted(Comparator.comparingDouble(guess -> -guess.probability()))
        .toList();
  }

  /**
   * The raw outputs for arrays, by output layer; with samples, also their spread, under {@code
   * LAYER_spread}.
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
    Ref ref = network.model().outputs().get(0);
    Spec spec = network.model().specs().get(ref);
    NpyArray spread = outputs.get(ref.layer() + SPREAD);
    Samples.Moments all =
        new Samples.Moments(
            outputs.get(ref.layer()).shape(),
            outputs.get(ref.layer()).floats(),
            spread == null ? null : spread.floats());
    int rows = Math.toIntExact(all.shape()[0]);
    return IntStream.range(0, rows)
        .mapToObj(i -> new Prediction("row " + i, guesses(all.row(i, rows), spec)))
        .toList();
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
      List<Samples.Moments> said = ask(tensors);
      for (int i = 0; i < said.size(); i++) {
        String name = network.model().outputs().get(i).layer();
        long[] shape = said.get(i).shape();
        shape[0] = rows.all();
        put(name, said.get(i).mean(), shape, rows, values);
        shapes.putIfAbsent(name, shape);
        if (said.get(i).spread() != null) {
          put(name + SPREAD, said.get(i).spread(), shape, rows, values);
          shapes.putIfAbsent(name + SPREAD, shape);
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

  private static void put(
      String name, float[] part, long[] shape, Rows rows, Map<String, float[]> values) {
    int each = part.length / rows.count();
    float[] whole =
        values.computeIfAbsent(name, n -> new float[Math.toIntExact(each * shape[0])]);
    System.arraycopy(part, 0, whole, (int) rows.from() * each, part.length);
  }
}
