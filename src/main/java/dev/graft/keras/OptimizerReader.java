package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import dev.graft.error.WeightException;
import dev.graft.layers.Model;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/**
 * Finds an optimizer's slots among the tensors that a file keeps for it.
 *
 * <p>Keras 3 and tf_keras from 2.11 on alternate slots from weight to weight ({@code m v m v}),
 * older ones keep slot after slot ({@code m m v v}). Source: Keras 3.15 and tf_keras 2.18
 * optimizers, tf_keras optimizers/legacy.
 */
final class OptimizerReader {
  /** tf_keras since 2.11: {@code Adam/m/dense/kernel:0}. */
  private static final Pattern ALTERNATING = Pattern.compile("(?!training/)[^/]+/[a-z_]+/.+:0");

  /** tf_keras before: {@code training/Adam/dense/kernel/m:0}. */
  private static final Pattern OLDER =
      Pattern.compile("(training/.*|.*/(m|v|vhat|rms|mg|momentum)(_\\d+)?:0)");

  private final Model model;
  private final WeightFile file;
  private final CompileSettings settings;

  private OptimizerReader(Model model, WeightFile file, CompileSettings settings) {
    this.model = model;
    this.file = file;
    this.settings = settings;
  }

  /**
   * The optimizer's state in {@code file}; null when it has none.
   *
   * @throws UnsupportedException when the order of this optimizer's slots is not known
   * @throws WeightException when the slots do not fit the model's trainable weights
   */
  static OptimizerState read(Model model, WeightFile file, CompileSettings settings) {
    if (file.optimizer().isEmpty()) {
      return null;
    }
    if (!OptimizerSlots.knows(settings.optimizer())) {
      throw new UnsupportedException(
          file.path()
              + ": the state of optimizer '"
              + settings.optimizer()
              + "' is not read. Start its state afresh.");
    }
    return new OptimizerReader(model, file, settings).state();
  }

  private OptimizerState state() {
    List<StoredTensor> tensors = new ArrayList<>(file.optimizer());
    long iterations = 0;
    while (!tensors.isEmpty() && tensors.get(0).shape().numDimensions() == 0) {
      StoredTensor scalar = tensors.remove(0);
      if (scalar.dtype().startsWith("int") || scalar.name().contains("iter")) {
        iterations = (long) scalar.values()[0];
      }
    }
    double schedule = 1;
    if (settings.optimizer().equals("Nadam")) {
      int last = tensors.size() - 1;
      schedule =
          last >= 0 && tensors.get(last).shape().numDimensions() == 0
              ? tensors.remove(last).values()[0]
              : momentumSchedule(iterations);
    }
    Map<String, StoredTensor> found = pair(tensors);
    List<String> slots =
        OptimizerSlots.of(settings).stream()
            .flatMap(List::stream)
            .map(OptimizerSlots.Slot::name)
            .toList();
    return new OptimizerState(
        iterations,
        slots,
        trainable().stream().map(Model.Variable::name).toList(),
        (slot, variable) -> {
          StoredTensor tensor = found.get(key(slot, variable));
          return tensor == null ? new float[1] : tensor.values();
        },
        schedule);
  }

  /** tf_keras does not save this product, and begins it anew when it opens a file. */
  private double momentumSchedule(long iterations) {
    double beta =
        settings.optimizerConfig().get("beta_1") instanceof Number number
            ? number.doubleValue()
            : 0.9;
    double product = 1;
    for (long step = 1; step <= iterations && product > 0; step++) {
      product *= beta * (1 - 0.5 * Math.pow(0.96, (double) step));
    }
    return product;
  }

  private List<Model.Variable> trainable() {
    return KerasOrder.of(model).variables().stream().filter(Model.Variable::trainable).toList();
  }

  private static String key(String slot, String variable) {
    return slot + " " + variable;
  }

  private record Place(OptimizerSlots.Slot slot, Model.Variable variable) {
    String key() {
      return OptimizerReader.key(slot.name(), variable.name());
    }

    Shape shape() {
      return slot.shape(variable.slot().shape());
    }
  }

  private Map<String, StoredTensor> pair(List<StoredTensor> tensors) {
    boolean alternating = alternating(tensors);
    List<Place> places = places(alternating, trainable());
    if (!fits(places, tensors) && !alternating) {
      // Keras before 2.0.6 sorted the weights by name.
      List<Model.Variable> sorted = new ArrayList<>(trainable());
      sorted.sort(Comparator.comparing(Model.Variable::name));
      places = places(false, sorted);
    }
    if (!fits(places, tensors)) {
      throw misfit(places, tensors);
    }
    Map<String, StoredTensor> found = new HashMap<>();
    for (int i = 0; i < places.size(); i++) {
      found.put(places.get(i).key(), tensors.get(i));
    }
    return found;
  }

  private static boolean fits(List<Place> places, List<StoredTensor> tensors) {
    boolean fits = places.size() <= tensors.size();
    for (int i = 0; i < places.size() && fits; i++) {
      fits = tensors.get(i).shape().equals(places.get(i).shape());
    }
    return fits;
  }

  private WeightException misfit(List<Place> places, List<StoredTensor> tensors) {
    int at = 0;
    while (fits(places.subList(0, at + 1), tensors)) {
      at++;
    }
    Place place = places.get(at);
    String came =
        at >= tensors.size()
            ? "no more"
            : tensors.get(at).name() + " " + StoredTensor.text(tensors.get(at).shape());
    return new WeightException(
        file.path()
            + ": the optimizer's state: expected "
            + place.key().replace(" ", " of '")
            + "' "
            + StoredTensor.text(place.shape())
            + ", the file has "
            + came
            + ". The layers that train are not those that trained; start its state afresh.");
  }

  /** What is to be found, in the file's order. */
  private List<Place> places(boolean alternating, List<Model.Variable> variables) {
    List<Place> places = new ArrayList<>();
    for (List<OptimizerSlots.Slot> group : OptimizerSlots.of(settings)) {
      if (alternating) {
        for (Model.Variable variable : variables) {
          group.forEach(slot -> places.add(new Place(slot, variable)));
        }
      } else {
        for (OptimizerSlots.Slot slot : group) {
          variables.forEach(v -> places.add(new Place(slot, v)));
        }
      }
    }
    if (file.writer().generation() < 3 && !file.layout().byClass()) {
      places.removeIf(place -> place.slot().idle(place.variable().slot().shape()));
    }
    return places;
  }

  private boolean alternating(List<StoredTensor> tensors) {
    if (file.layout().byClass() || file.writer().generation() >= 3) {
      return true;
    }
    return tensors.stream()
        .allMatch(
            tensor ->
                ALTERNATING.matcher(tensor.name()).matches()
                    && !OLDER.matcher(tensor.name()).matches());
  }
}
