package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.error.GraftException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.Bidirectional;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Recurrent;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads Keras's config of a network, Sequential or functional, of any generation. */
final class ModelReader {
  private static final Set<String> FUNCTIONAL = Set.of("Functional", "Model", "Container");

  /** Class names under which files know networks. */
  static final Set<String> NETWORKS = Set.of("Functional", "Model", "Container", "Sequential");

  private final String file;
  private final int generation;
  private final LayerReader layers;

  ModelReader(String file, int generation, Layers layers) {
    this.file = file;
    this.generation = generation;
    this.layers =
        new LayerReader(
            file,
            new Dialect(generation),
            layers,
            (document, trainable) -> read(document, null, trainable));
  }

  /** What a user should know: settings that Graft reads and does not follow to the letter. */
  List<String> notes() {
    return layers.notes();
  }

  /** True when {@code className} is that of a network. */
  static boolean isNetwork(String className) {
    return NETWORKS.contains(ClassNames.plain(className));
  }

  /**
   * The network of {@code {"class_name": …, "config": …}}.
   *
   * @param input what goes in, for a Sequential that does not say; or null
   * @param trainable false when the network around it is frozen
   */
  Model read(Config document, Spec input, boolean trainable) {
    document.ignore("keras_version", "backend", "inbound_nodes", "name");
    LayerReader.ignoreWrapping(document);
    String className = ClassNames.plain(document.string("class_name"));
    Config config = document.get("config");
    Model model;
    if (className.equals("Sequential")) {
      model = sequential(config, input, trainable);
    } else if (FUNCTIONAL.contains(className)) {
      model = functional(config, trainable);
    } else {
      throw new UnsupportedException(
          file
              + ": the network is of class '"
              + className
              + "', whose Python code Graft does not run. Save it as a Sequential or functional"
              + " model.");
    }
    document.done();
    return model;
  }

  /**
   * Looks at every layer by itself.
   *
   * @param prefix names of the networks around, each with a slash
   * @param lines takes a line for each layer, those of nested networks after their network's
   * @param problems takes what stands in the way, in the file's order
   */
  void survey(
      Config document, String prefix, List<Inspection.LayerLine> lines, List<String> problems) {
    Config config = document.get("config");
    List<Config> items = config.isList() ? config.items() : config.get("layers").items();
    for (Config item : items) {
      String className = item.string("class_name");
      String name = prefix + LayerReader.name(item);
      int before = problems.size();
      int place = lines.size();
      if (isNetwork(className)) {
        survey(item, name + "/", lines, problems);
      } else {
        try {
          layers.read(item, true);
        } catch (GraftException e) {
          problems.add(e.getMessage());
        }
      }
      boolean fine = problems.size() == before;
      lines.add(place, new Inspection.LayerLine(name, className, fine, fine));
    }
  }

  private Model sequential(Config config, Spec input, boolean trainable) {
    boolean flag = trainable;
    String name = "sequential";
    Spec start = input;
    List<Config> items;
    if (config.isList()) {
      items = config.items();
    } else {
      layers.policy(config, file);
      name = config.string("name", name);
      flag = config.flag("trainable", true) && trainable;
      items = config.get("layers").items();
      if (config.has("build_input_shape")) {
        Spec built = InputSpecs.built(config.get("build_input_shape").ignore());
        start = start == null ? built : start;
      }
    }
    List<Model.Entry> entries = new ArrayList<>();
    for (Config item : items) {
      entries.add(layers.read(item, flag));
    }
    if (entries.isEmpty()) {
      throw new MalformedFileException(file + ": the Sequential model has no layers.");
    }
    if (!(entries.get(0).layer() instanceof InputLayer)) {
      entries.add(0, layers.inputBefore(items.get(0), entries.get(0), start));
    }
    List<Use> uses = new ArrayList<>();
    Ref last = null;
    for (Model.Entry entry : entries) {
      uses.add(last == null ? Use.of(entry.name()) : Use.of(entry.name(), last));
      last = Ref.of(entry.name());
    }
    List<Ref> first = List.of(Ref.of(entries.get(0).name()));
    return model(name, Model.Form.SEQUENTIAL, entries, new Wiring(uses, first, List.of(last)));
  }

  private Model functional(Config config, boolean trainable) {
    layers.policy(config, file);
    String name = config.string("name", "model");
    boolean flag = config.flag("trainable", true) && trainable;
    List<Config> items = config.get("layers").items();
    List<Model.Entry> entries = new ArrayList<>();
    Map<String, String> networks = new HashMap<>();
    for (Config item : items) {
      Model.Entry entry = layers.read(item, flag);
      entries.add(entry);
      if (isNetwork(item.string("class_name"))) {
        networks.put(entry.name(), ClassNames.plain(item.string("class_name")));
      }
    }
    Calls calls = calls(name, items, entries);
    List<Ref> inputs = TensorLists.refs(config.get("input_layers"));
    List<Ref> outputs = TensorLists.refs(config.get("output_layers"));
    if (generation <= 2) {
      // Keras 3 counts the outputs' nodes otherwise than those of calls.
      calls.asked(outputs);
    }
    Wiring wiring =
        new Wiring(
            calls.inOrder(networks.keySet()),
            inputs,
            outputs.stream().map(ref -> output(ref, networks, calls)).toList());
    return model(name, Model.Form.FUNCTIONAL, entries, wiring);
  }

  private Calls calls(String name, List<Config> items, List<Model.Entry> entries) {
    CallReader reader =
        new CallReader(
            entries.stream().map(Model.Entry::name).collect(java.util.stream.Collectors.toSet()),
            generation);
    String where = file + ": model '" + name + "'";
    Calls calls = new Calls(where);
    for (int i = 0; i < items.size(); i++) {
      Model.Entry entry = entries.get(i);
      List<CallReader.Call> found = new ArrayList<>();
      for (Config node : items.get(i).get("inbound_nodes").items()) {
        found.add(masked(entry.layer(), reader.read(node)));
      }
      if (found.isEmpty() && !(entry.layer() instanceof InputLayer)) {
        throw new MalformedFileException(
            where + ": layer '" + entry.name() + "' is never called. The file is damaged.");
      }
      calls.add(entry.name(), found);
    }
    return calls;
  }

  /**
   * Recurrent layers that are given a state look at no mask unless they are told one by name: in
   * Keras 3, which finds the mask of an only tensor alone, and in Keras 2 when told none.
   */
  private CallReader.Call masked(Layer layer, CallReader.Call call) {
    Map<String, Object> arguments = new LinkedHashMap<>(call.arguments());
    if (layer instanceof Nested && arguments.get("mask") instanceof Use.Input mask) {
      // Keras 3 names the mask that the input of a network brings along.
      List<Ref> inputs = new ArrayList<>(call.inputs());
      inputs.remove(mask.index());
      arguments.remove("mask");
      return new CallReader.Call(inputs, arguments);
    }
    boolean stated =
        call.inputs().size() > 1 && (layer instanceof Recurrent || layer instanceof Bidirectional);
    if (!stated) {
      arguments.remove("mask", null);
    } else if (generation >= 3) {
      arguments.putIfAbsent("mask", null);
    }
    return new CallReader.Call(call.inputs(), arguments);
  }

  /** Keras 3 counts a nested functional network's nodes from 1 here, and from 0 in calls. */
  private Ref output(Ref ref, Map<String, String> networks, Calls calls) {
    String className = networks.get(ref.layer());
    if (className == null) {
      return ref;
    }
    if (generation <= 2) {
      return calls.fromZero(ref);
    }
    int first = className.equals("Sequential") || ref.node() == 0 ? 0 : 1;
    return new Ref(ref.layer(), ref.node() - first, ref.tensor());
  }

  /** How the layers of a network hang together. */
  private record Wiring(List<Use> uses, List<Ref> inputs, List<Ref> outputs) {}

  private Model model(String name, Model.Form form, List<Model.Entry> entries, Wiring wiring) {
    try {
      return new Model(name, form, entries, wiring.uses(), wiring.inputs(), wiring.outputs());
    } catch (ShapeException e) {
      throw new ShapeException(file + ": " + e.getMessage(), e);
    } catch (MalformedFileException e) {
      throw new MalformedFileException(file + ": " + e.getMessage(), e);
    }
  }
}
