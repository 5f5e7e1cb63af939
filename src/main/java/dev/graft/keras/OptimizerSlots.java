package dev.graft.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.tensorflow.ndarray.Shape;

/**
 * In which order the optimizers of Keras 3 and of tf_keras keep their slots: group after group,
 * within a group weight after weight. Measured with Keras 3.15 and tf_keras 2.18.
 */
final class OptimizerSlots {
  /** How large a slot is. */
  enum Form {
    /** As the weight. */
    WEIGHT,
    /** The weight's without the last dimension; of no use for a vector. */
    ROWS,
    /** The weight's without the last but one dimension; of no use for a vector. */
    COLUMNS
  }

  /**
   * A slot under its names.
   *
   * @param name Keras 3's: the end of {@code adam/dense_kernel_momentum}
   * @param keras2 the middle of tf_keras's name: {@code Adam/m/dense/kernel}
   */
  record Slot(String name, String keras2, Form form) {
    /** True when it says nothing, as the rows of a vector. */
    boolean idle(Shape weight) {
      return form != Form.WEIGHT && weight.numDimensions() < 2;
    }

    /** Its shape for a weight; a scalar where it is idle, which tf_keras leaves out. */
    Shape shape(Shape weight) {
      if (form == Form.WEIGHT) {
        return weight;
      }
      if (idle(weight)) {
        return Shape.scalar();
      }
      long[] sizes = weight.asArray();
      int last = sizes.length - 1;
      long[] left = Arrays.copyOf(sizes, last);
      if (form == Form.COLUMNS) {
        left[last - 1] = sizes[last];
      }
      return Shape.of(left);
    }
  }

  /** Slots that alternate from weight to weight, and when they are there. */
  private record Group(Predicate<CompileSettings> present, List<Slot> slots) {}

  private static final Slot MOMENTUM = slot("momentum", "m");
  private static final Slot VELOCITY = slot("velocity", "v");

  private static final List<Group> OF_ALL =
      List.of(
          new Group(c -> on(c, "use_ema"), List.of(same("average"))),
          new Group(
              c -> number(c, "gradient_accumulation_steps") != 0,
              List.of(same("gradient_accumulator"))));

  private static final Group AMSGRAD =
      new Group(c -> on(c, "amsgrad"), List.of(slot("velocity_hat", "vhat")));

  private static final Map<String, List<Group>> GROUPS =
      Map.ofEntries(
          Map.entry("SGD", List.of(new Group(c -> number(c, "momentum") != 0, List.of(MOMENTUM)))),
          Map.entry("Adam", List.of(always(MOMENTUM, VELOCITY), AMSGRAD)),
          Map.entry("AdamW", List.of(always(MOMENTUM, VELOCITY), AMSGRAD)),
          Map.entry("Lamb", List.of(always(MOMENTUM, VELOCITY))),
          Map.entry("ScheduleFreeAdamW", List.of(always(MOMENTUM, VELOCITY))),
          Map.entry("Nadam", List.of(always(MOMENTUM, VELOCITY))),
          Map.entry("Adamax", List.of(always(MOMENTUM, slot("norm", "u")))),
          Map.entry("Lion", List.of(always(MOMENTUM))),
          Map.entry("Adagrad", List.of(always(same("accumulator")))),
          Map.entry(
              "Adadelta", List.of(always(same("accumulated_grad"), same("accumulated_delta_var")))),
          Map.entry("Ftrl", List.of(always(same("accumulator"), same("linear")))),
          Map.entry(
              "Adafactor",
              List.of(
                  always(
                      new Slot("r", "r", Form.ROWS), new Slot("c", "c", Form.COLUMNS), VELOCITY))),
          Map.entry(
              "RMSprop",
              List.of(
                  always(same("velocity")),
                  new Group(c -> number(c, "momentum") != 0, List.of(same("momentum"))),
                  new Group(c -> on(c, "centered"), List.of(same("average_gradient"))))));

  private OptimizerSlots() {}

  private static Group always(Slot... slots) {
    return new Group(c -> true, List.of(slots));
  }

  private static Slot slot(String name, String keras2) {
    return new Slot(name, keras2, Form.WEIGHT);
  }

  private static Slot same(String name) {
    return slot(name, name);
  }

  private static boolean on(CompileSettings settings, String key) {
    return Boolean.TRUE.equals(settings.optimizerConfig().get(key));
  }

  private static double number(CompileSettings settings, String key) {
    return settings.optimizerConfig().get(key) instanceof Number number ? number.doubleValue() : 0;
  }

  /** True when the order of this optimizer's slots is known. */
  static boolean knows(String optimizer) {
    return GROUPS.containsKey(optimizer);
  }

  /** The slots of this optimizer with these settings, group by group. */
  static List<List<Slot>> of(CompileSettings settings) {
    List<List<Slot>> slots = new ArrayList<>();
    List<Group> groups = new ArrayList<>(OF_ALL);
    groups.addAll(GROUPS.getOrDefault(settings.optimizer(), List.of()));
    for (Group group : groups) {
      if (group.present().test(settings)) {
        slots.add(group.slots());
      }
    }
    return slots;
  }
}
