package dev.graft.recipe;

import dev.graft.keras.CompileSettings;
import dev.graft.keras.KerasWriter;
import dev.graft.keras.OptimizerState;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.network.Network;
import dev.graft.train.Additions;
import dev.graft.train.NetworkWriter;
import dev.graft.train.Optimizer;
import dev.graft.train.OptimizerMemory;
import dev.graft.train.Schedule;
import dev.graft.train.Stage;
import dev.graft.train.Training;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a file says of the training that made it, so that Keras and Graft can go on with it.
 *
 * @param compile compile settings, or null
 * @param optimizer the optimizer's state, or null; values are read while the network or file it
 *     comes from is open
 */
public record Compiled(CompileSettings compile, OptimizerState optimizer) {
  /** Nothing is known. */
  public static final Compiled NOTHING = new Compiled(null, null);

  /** A stage as its recipe has it. */
  record Words(Map<String, Object> stage, Additions additions) implements NetworkWriter {
    /** The settings of Keras's compile; null when Keras does not know the loss. */
    CompileSettings compile(Stage read, Model model, Float rate) {
      Set<String> outputs = new java.util.HashSet<>();
      model.outputs().stream().map(Ref::layer).forEach(outputs::add);
      Object loss = thing(stage.get("loss"), outputs, additions.losses().keySet());
      return loss == null
          ? null
          : new CompileSettings(
              read.optimizer().className(),
              config(read.optimizer(), rate),
              loss,
              thing(stage.get("metrics"), outputs, additions.metrics().keySet()),
              thing(stage.get("weighted_metrics"), outputs, additions.metrics().keySet()),
              stage.get("loss_weights"));
    }

    /** Keras writes the optimizer's state, too. */
    @Override
    public void write(Training training, Path file, boolean weightsOnly) {
      Network network = training.network();
      String name = file.toString();
      Model model = network.model();
      if (name.endsWith(".weights.h5")) {
        KerasWriter.weightsV3(file, model, network);
      } else if (weightsOnly) {
        KerasWriter.weightsH5(file, model, network);
      } else {
        CompileSettings compile = compile(training.stage(), model, training.learningRate());
        Compiled known =
            trained(network, training.stage().optimizer(), compile, training.iterations());
        boolean archive = name.endsWith(".keras");
        KerasWriter.Contents contents =
            new KerasWriter.Contents(
                model, network, compile, archive ? known.optimizer() : null, null);
        if (archive) {
          KerasWriter.keras(file, contents);
        } else {
          KerasWriter.wholeH5(file, contents);
        }
      }
    }
  }

  /** What {@code network} was trained with. */
  static Compiled trained(
      Network network, Optimizer optimizer, CompileSettings compile, long iterations) {
    boolean known = compile != null && OptimizerState.known(compile.optimizer());
    return new Compiled(compile, known ? OptimizerMemory.of(network, optimizer, iterations) : null);
  }

  /** The optimizer's settings; a rate that a callback has set is the one it goes on with. */
  private static Map<String, Object> config(Optimizer optimizer, Float rate) {
    Map<String, Object> config = new LinkedHashMap<>(optimizer.config());
    if (rate != null && optimizer.learningRate() instanceof Schedule.Constant) {
      // The double that prints as the float does.
      config.put("learning_rate", Double.parseDouble(Float.toString(rate)));
    }
    return config;
  }

  /** Losses and metrics in Keras's form; null for those that Keras does not have. */
  private static Object thing(Object plain, Set<String> outputs, Set<String> own) {
    if (plain instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      for (Object item : list) {
        Object written = thing(item, outputs, own);
        if (written != null) {
          all.add(written);
        }
      }
      return all;
    }
    if (!(plain instanceof Map<?, ?> map)) {
      return own.contains(String.valueOf(plain)) ? null : plain;
    }
    if (map.get("class_name") instanceof String className) {
      return own.contains(className) ? null : object(className, map.get("config"));
    }
    if (map.size() == 1 && !outputs.containsAll(map.keySet())) {
      String className = (String) map.keySet().iterator().next();
      return own.contains(className) ? null : object(className, map.get(className));
    }
    Map<String, Object> all = new LinkedHashMap<>();
    map.forEach((output, value) -> all.put((String) output, thing(value, outputs, own)));
    return all;
  }

  private static Map<String, Object> object(String className, Object config) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("class_name", className);
    object.put("config", config == null ? Map.of() : config);
    return object;
  }
}
