package dev.graft.explain;

import dev.graft.data.Batch;
import dev.graft.data.Column;
import dev.graft.data.Context;
import dev.graft.data.Dataset;
import dev.graft.data.Examples;
import dev.graft.data.Preparation;
import dev.graft.data.Preprocessing;
import dev.graft.data.Source;
import dev.graft.error.SettingException;
import dev.graft.explain.Explainer.Score;
import dev.graft.explain.Explainer.Target;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import dev.graft.recipe.Surroundings;
import dev.graft.report.Picture;
import dev.graft.runtime.Tensors;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tensorflow.Tensor;

/** Explains what a model says of photos, and lays that over them. Not thread-safe. */
public final class PhotoExplainer implements AutoCloseable {
  private final Explainer explainer;
  private final Preprocessing how;
  private final List<String> classes;
  private final Request request;
  private final Surroundings around;
  private final float[] baseline;

  /** A way to explain. */
  public enum Method {
    GRAD_CAM(Score.LOGIT),
    INTEGRATED_GRADIENTS(Score.PROBABILITY);

    private final Score usual;

    Method(Score usual) {
      this.usual = usual;
    }
  }

  /**
   * What is asked for.
   *
   * @param methods at least one
   * @param layer whose maps Grad-CAM shows, or null for the last one with maps
   * @param score what of a class is followed back, or null for what is usual with each method
   * @param only the class to explain, by name or index, or null for what the model says
   * @param top how many classes to explain, surest first, when {@code only} is null
   * @param steps of integrated gradients
   * @param white whether integrated gradients begin at white instead of black
   */
  public record Request(
      List<Method> methods,
      String layer,
      Score score,
      String only,
      int top,
      int steps,
      boolean white) {
    /** Copies and checks. */
    public Request {
      methods = List.copyOf(methods);
      if (top < 1) {
        throw new SettingException("--top: expected at least 1, came " + top + ".");
      }
    }
  }

  /**
   * One class of one photo, explained.
   *
   * @param photo the photo's file
   * @param name of the class
   * @param index of the class
   * @param probability as the model gives it
   * @param shown the photo as far as the model sees it
   * @param numbers Grad-CAM's maps (height × width), and attributions (height × width × channels)
   * @param heats what is laid over the photo
   * @param gap by how much the attributions miss the difference of the two scores; NaN without them
   */
  public record Explained(
      Path photo,
      String name,
      int index,
      float probability,
      BufferedImage shown,
      Map<Method, float[]> numbers,
      Map<Method, Heat> heats,
      double gap) {
    /** The photo with the heat of {@code method} over it. */
    public BufferedImage picture(Method method) {
      return HeatPicture.over(shown, heats.get(method));
    }
  }

  /**
   * An explainer of photos.
   *
   * @param network holds the model and its weights; it is not needed afterwards
   * @param how photos become inputs; its size is that of the model's input
   * @param classes names by index; empty when there are none
   */
  public PhotoExplainer(
      Network network,
      Preprocessing how,
      List<String> classes,
      Request request,
      Surroundings around) {
    this.how = how;
    this.classes = List.copyOf(classes);
    this.request = request;
    this.around = around;
    Spec input = Spec.floats(-1, how.size()[0], how.size()[1], how.color().channels());
    Model sized = Surgery.withInput(network.model(), input);
    this.explainer =
        request.methods().contains(Method.GRAD_CAM)
            ? Explainer.of(sized, network, around.settings(), request.layer())
            : Explainer.withoutMaps(sized, network, around.settings());
    this.baseline = baseline();
  }

  /** A picture that says nothing, prepared like a photo. */
  private float[] baseline() {
    int[] shape = {how.size()[0], how.size()[1], how.color().channels()};
    byte[] pixels = new byte[shape[0] * shape[1] * shape[2]];
    Arrays.fill(pixels, (byte) (request.white() ? 255 : 0));
    Dataset.Input one = new Dataset.Input("", new Column.Bytes(pixels, shape));
    return first(new Dataset("baseline", List.of(one), List.of(), List.of(), new int[1]), how, 0);
  }

  private float[] first(Dataset set, Preprocessing prepared, int row) {
    float[][] values = new float[1][];
    with(set, prepared, row, tensor -> values[0] = Tensors.read(tensor));
    return values[0];
  }

  private void with(Dataset set, Preprocessing prepared, int row, Consumer<Tensor> then) {
    try (Examples examples = set.prepare(new Preparation(prepared, null), around.settings());
        Batch batch = examples.batch(new int[] {row}, -1)) {
      then.accept(batch.inputs().get(0));
    }
  }

  /** Explains photos, and folders of photos, one after the other. */
  public void explain(List<Path> paths, Consumer<Explained> then) {
    Context context =
        Context.training(Path.of("").toAbsolutePath(), around.places(), around.progress());
    Dataset photos = Source.pictures(paths, context);
    around.progress().on(new Progress.PhaseStarted("explaining", photos.size(), "images"));
    for (int row = 0; row < photos.size(); row++) {
      float[] prepared = first(photos, how, row);
      float[] probabilities = explainer.scores(prepared, Score.PROBABILITY);
      BufferedImage shown = shown(photos, row);
      for (int index : wanted(probabilities)) {
        then.accept(one(photos.file(row), prepared, probabilities, index, shown));
      }
      around.progress().on(new Progress.Advanced(row + 1, Map.of()));
    }
    around.progress().on(new Progress.PhaseEnded());
  }

  private List<Integer> wanted(float[] probabilities) {
    if (request.only() == null) {
      return IntStream.range(0, probabilities.length)
          .boxed()
          .sorted(Comparator.comparingDouble(i -> -probabilities[i]))
          .limit(request.top())
          .toList();
    }
    int index = classes.indexOf(request.only());
    if (index < 0 && request.only().matches("\\d{1,9}")) {
      index = Integer.parseInt(request.only());
    }
    if (index < 0 || index >= probabilities.length) {
      String known = classes.isEmpty() ? "0 to " + (probabilities.length - 1) : list();
      throw new SettingException(
          "--class " + request.only() + ": there is no such class. Classes: " + known + ".");
    }
    return List.of(index);
  }

  private String list() {
    String first = String.join(", ", classes.subList(0, Math.min(20, classes.size())));
    return classes.size() > 20 ? first + ", … (" + classes.size() + ")" : first;
  }

  private Explained one(
      Path photo, float[] prepared, float[] probabilities, int index, BufferedImage shown) {
    Map<Method, float[]> numbers = new EnumMap<>(Method.class);
    Map<Method, Heat> heats = new EnumMap<>(Method.class);
    double gap = Double.NaN;
    for (Method method : request.methods()) {
      Score score = request.score() == null ? method.usual : request.score();
      Target target = new Target(index, score);
      if (method == Method.GRAD_CAM) {
        Heat heat = explainer.gradCam(prepared, target);
        numbers.put(method, heat.values());
        heats.put(method, heat);
      } else {
        float[] found = explainer.integratedGradients(prepared, baseline, target, request.steps());
        numbers.put(method, found);
        heats.put(method, Heat.of(found, how.size()[0], how.size()[1]));
        gap = gap(prepared, found, target);
      }
    }
    String name = index < classes.size() ? classes.get(index) : Integer.toString(index);
    return new Explained(photo, name, index, probabilities[index], shown, numbers, heats, gap);
  }

  private double gap(float[] prepared, float[] attributions, Target target) {
    double sum = 0;
    for (float value : attributions) {
      sum += value;
    }
    double to = explainer.scores(prepared, target.score())[target.index()];
    double from = explainer.scores(baseline, target.score())[target.index()];
    return sum - (to - from);
  }

  /** The whole photo where it is only squeezed, else what of it the model sees. */
  private BufferedImage shown(Dataset photos, int row) {
    boolean whole = how.aspect() == Preprocessing.Aspect.STRETCH;
    Preprocessing plain = how.visible(whole);
    BufferedImage[] image = new BufferedImage[1];
    with(
        photos,
        plain,
        row,
        tensor -> {
          long[] shape = tensor.shape().asArray();
          image[0] = Picture.ofPixels(Tensors.read(tensor), (int) shape[1], (int) shape[2]);
        });
    return image[0];
  }

  @Override
  public void close() {
    explainer.close();
  }
}
