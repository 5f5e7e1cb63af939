package dev.graft.recipe;

import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Context;
import dev.graft.data.Dataset;
import dev.graft.data.Examples;
import dev.graft.data.Preparation;
import dev.graft.data.Source;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import dev.graft.export.Note;
import dev.graft.export.Scores;
import dev.graft.files.NpyArray;
import dev.graft.layers.DType;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import dev.graft.runtime.NativeMemory;
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
import org.tensorflow.Tensor;

/** What a model says of pictures and arrays. Thread-safe; closes its network when closed. */
public final class Predictor implements AutoCloseable {
  private static final String SMALLER =
      "Use smaller pictures, or a machine or container with more memory.";

  private final Network network;
  private final Note note;
  private final Surroundings around;
  private final Draws draws;

  /** A predictor over a network that holds its weights. */
  public Predictor(Network network, Note note, Surroundings around) {
    this(network, note, around, 0);
  }

  /**
   * A predictor that draws many times from a network with random layers, and gives mean and spread.
   *
   * @param samples how many draws, at least 2; or 0 to predict once
   */
  public Predictor(Network network, Note note, Surroundings around, int samples) {
    this.network = network;
    this.draws = new Draws(network, samples);
    this.note = note;
    this.around = around;
  }

  /**
   * One class and how likely it is.
   *
   * @param name its name, or its index as text when the model has no names
   * @param probability 0 to 1, or the raw output of a model that is no classifier
   * @param spread the standard deviation over the draws of a predictor that draws; else null
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
    Dataset set = images(paths);
    Spec output = network.model().specs().get(network.model().outputs().get(0));
    List<Prediction> all = new ArrayList<>();
    try (Examples examples = set.prepare(new Preparation(note.image(), null), around.settings());
        // As many at a time as shards take, so that both give the same last bits.
        Batches batches = Batches.inOrder(examples, FeatureRun.size(examples))) {
      around.progress().on(new Progress.PhaseStarted("predicting", examples.size(), "images"));
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          Draws.Answer answer =
              NativeMemory.holding(
                  network.model().name(),
                  batch.size(),
                  SMALLER,
                  () -> draws.of(batch.inputs(), all.size()).get(0));
          for (int i = 0; i < batch.size(); i++) {
            all.add(
                new Prediction(
                    examples.name(batch.rows()[i]), guesses(answer, i, batch.size(), output)));
          }
        }
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
    return new Prediction(name, guesses(row, null, output));
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

  private List<Guess> guesses(Draws.Answer answer, int row, int rows, Spec output) {
    int width = answer.values().length / rows;
    int from = row * width;
    float[] spread = answer.spread();
    return guesses(
        Arrays.copyOfRange(answer.values(), from, from + width),
        spread == null ? null : Arrays.copyOfRange(spread, from, from + width),
        output);
  }

  /** The guesses of one row of output, surest first; one sigmoid unit counts as two classes. */
  List<Guess> guesses(float[] row, float[] spread, Spec output) {
    boolean classifier = note.scores() != null || Scores.of(network.model()).isPresent();
    boolean pair = row.length == 1 && output.rank() == 2 && classifier;
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
            i ->
                new Guess(
                    names.isEmpty() ? Integer.toString(i) : names.get(i),
                    i,
                    scores[i],
                    spread == null ? null : (Float) spread[pair ? 0 : i]))
        .sorted(Comparator.comparingDouble(guess -> -guess.probability()))
        .toList();
  }

  /**
   * The raw outputs for arrays, by output layer.
   *
   * @param inputs by input layer; a single one may have any name
   */
  public Map<String, NpyArray> arrays(Map<String, NpyArray> inputs) {
    return answers(inputs).outputs();
  }

  /** The raw outputs for texts, one an example, of a model that takes texts alone. */
  public Map<String, NpyArray> texts(String... texts) {
    return arrays(Map.of("", NpyArray.of(new long[] {texts.length}, texts)));
  }

  /**
   * What a model says of arrays.
   *
   * @param outputs by output layer: the outputs, or the means of the draws
   * @param spreads by output layer: the standard deviations of the draws; empty without draws
   */
  public record Answers(Map<String, NpyArray> outputs, Map<String, NpyArray> spreads) {}

  /**
   * The raw outputs for arrays, with the spread of the draws when this draws.
   *
   * @param inputs by input layer; a single one may have any name
   */
  public Answers answers(Map<String, NpyArray> inputs) {
    List<Ref> wanted = network.model().inputs();
    List<Given> ordered = new ArrayList<>();
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
      ordered.add(Given.of(fitted(ref, array)));
    }
    long rows = ordered.get(0).shape()[0];
    Map<String, Draws.Answer> all = new LinkedHashMap<>();
    for (long from = 0; from < rows; from += 32) {
      run(ordered, new Rows(from, Math.min(rows, from + 32), rows), all);
    }
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    Map<String, NpyArray> spreads = new LinkedHashMap<>();
    all.forEach(
        (name, answer) -> {
          outputs.put(name, NpyArray.of(answer.shape(), answer.values()));
          if (answer.spread() != null) {
            spreads.put(name, NpyArray.of(answer.shape(), answer.spread()));
          }
        });
    return new Answers(outputs, spreads);
  }

  /** The rows of the first output as predictions. */
  public List<Prediction> rows(Answers answers) {
    NpyArray first = answers.outputs().values().iterator().next();
    float[] spread =
        answers.spreads().isEmpty() ? null : answers.spreads().values().iterator().next().floats();
    Spec spec = network.model().specs().get(network.model().outputs().get(0));
    Draws.Answer answer = new Draws.Answer(first.floats(), spread, first.shape());
    int rows = Math.toIntExact(first.shape()[0]);
    List<Prediction> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add(new Prediction("row " + i, guesses(answer, i, rows, spec)));
    }
    return all;
  }

  /** An array for the input {@code ref}; a vector, where it wants one number or text each. */
  private NpyArray fitted(Ref ref, NpyArray array) {
    Spec spec = network.model().specs().get(ref);
    boolean vector = array.shape().length == 1 && spec.rank() == 2 && spec.size(1) == 1;
    NpyArray shaped =
        vector ? new NpyArray(new long[] {array.shape()[0], 1}, array.type(), array.data()) : array;
    check(ref, shaped);
    return shaped;
  }

  private void check(Ref ref, NpyArray array) {
    Spec spec = network.model().specs().get(ref);
    boolean texts = spec.dtype() == DType.STRING;
    if (texts != array.type().isText()) {
      throw new DataException(
          "input '"
              + ref.layer()
              + "': the model takes "
              + (texts ? "texts" : "numbers")
              + ", the array holds "
              + array.type().label()
              + (texts ? ". Save it with array.astype('U')." : "."));
    }
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

  /** An input's values; null where they are not of that kind. */
  private record Given(long[] shape, float[] numbers, List<byte[]> texts) {
    static Given of(NpyArray array) {
      return array.type().isText()
          ? new Given(array.shape(), null, array.texts())
          : new Given(array.shape(), array.floats(), null);
    }

    Tensor tensor(Rows rows) {
      long[] part = shape.clone();
      int each = (texts == null ? numbers.length : texts.size()) / (int) shape[0];
      part[0] = rows.count();
      int from = (int) rows.from() * each;
      int to = (int) rows.to() * each;
      return texts == null
          ? Tensors.floats(Arrays.copyOfRange(numbers, from, to), part)
          : Tensors.strings(texts.subList(from, to), part);
    }
  }

  private void run(List<Given> inputs, Rows rows, Map<String, Draws.Answer> all) {
    List<Tensor> tensors = new ArrayList<>();
    try {
      inputs.forEach(input -> tensors.add(input.tensor(rows)));
      List<Draws.Answer> answers =
          NativeMemory.holding(
              network.model().name(), rows.count(), SMALLER, () -> draws.of(tensors, rows.from()));
      for (int i = 0; i < answers.size(); i++) {
        put(network.model().outputs().get(i).layer(), answers.get(i), rows, all);
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private static void put(
      String output, Draws.Answer part, Rows rows, Map<String, Draws.Answer> all) {
    int each = part.values().length / rows.count();
    long[] shape = part.shape().clone();
    shape[0] = rows.all();
    int size = Math.toIntExact(each * rows.all());
    Draws.Answer whole =
        all.computeIfAbsent(
            output,
            name ->
                new Draws.Answer(
                    new float[size], part.spread() == null ? null : new float[size], shape));
    int at = (int) rows.from() * each;
    System.arraycopy(part.values(), 0, whole.values(), at, part.values().length);
    if (part.spread() != null) {
      System.arraycopy(part.spread(), 0, whole.spread(), at, part.spread().length);
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
