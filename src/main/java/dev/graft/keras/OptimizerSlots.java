package dev.graft.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * In which order the optimizers of Keras 3 and of tf_keras keep their slots: group after group,
 * within a group weight after weight. Measured with Keras 3.15 and tf_keras 2.18.
 */
final class OptimizerSlots {
  /**
   * A slot under its names.
   *
   * @param name Graft's
   * @param keras3 the end of Keras 3's name: {@code adam/dense_kernel_momentum}
   * @param keras2 the middle of tf_keras's name: {@code Adam/m/dense/kernel}
   */
  record Slot(String name, String keras3, String keras2) {}

  /** Slots that alternate from weight to weight, and when they are there. */
  private record Group(Predicate<CompileSettings> present, List<Slot> slots) {}

  private static final Slot M = new Slot("m", "momentum", "m");
  private static final Slot V = new Slot("v", "velocity", "v");
  private static final Slot MOMENTUM = new Slot("momentum", "momentum", "momentum");

  private static final Group AVERAGE =
      new Group(c -> on(c, "use_ema"), List.of(new Slot("average", "average", "average")));
  private static final Group AMSGRAD =
      new Group(c -> on(c, "amsgrad"), List.of(new Slot("vhat", "velocity_hat", "vhat")));

  private static final Map<String, List<Group>> GROUPS =
      Map.ofEntries(
          Map.entry(
              "SGD",
              List.of(
                  new Group(
                      c -> number(c, "momentum") != 0,
                      List.of(new Slot("momentum", "momentum", "m"))))),
          Map.entry("Adam", List.of(always(M, V), AMSGRAD)),
          Map.entry("AdamW", List.of(always(M, V), AMSGRAD)),
          Map.entry("Nadam", List.of(always(M, V))),
          Map.entry("Adamax", List.of(always(M, new Slot("u", "norm", "u")))),
          Map.entry("Lion", List.of(always(M))),
          Map.entry("Adagrad", List.of(always(same("accumulator")))),
          Map.entry(
              "Adadelta", List.of(always(same("accumulated_grad"), same("accumulated_delta_var")))),
          Map.entry("Ftrl", List.of(always(same("accumulator"), same("linear")))),
          Map.entry(
              "RMSprop",
              List.of(
                  always(same("velocity")),
                  new Group(c -> number(c, "momentum") != 0, List.of(MOMENTUM)),
                  new Group(c -> on(c, "centered"), List.of(same("average_gradient"))))));

  private OptimizerSlots() {}

  private static Group always(Slot... slots) {
    return new Group(c -> true, List.of(slots));
  }

  private static Slot same(String name) {
    return new Slot(name, name, name);
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
    if (AVERAGE.present().test(settings)) {
      slots.add(AVERAGE.slots());
    }
    for (Group group : GROUPS.getOrDefault(settings.optimizer(), List.of())) {
      if (group.present().test(settings)) {
        slots.add(group.slots());
      }
    }
    return slots;
  }
}
