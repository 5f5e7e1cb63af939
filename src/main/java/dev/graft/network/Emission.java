package dev.graft.network;

import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import dev.graft.layers.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Writes the ops of a part of a model into a graph, use by use. */
final class Emission {
  final Ops tf;
  final boolean training;
  final boolean sampling;
  final long seed;
  final Operand<TInt64> step;
  final Map<String, Operand<TFloat32>> updates = new LinkedHashMap<>();
  final List<Operand<TFloat32>> losses = new ArrayList<>();
  private final Map<String, Variable> variables;

  Emission(Network network, Path.Mode mode) {
    this.tf = network.ops();
    this.training = mode == Path.Mode.TRAINING;
    this.sampling = mode == Path.Mode.SAMPLING;
    this.seed = network.seed();
    this.step = network.step();
    this.variables = network.variablesByName();
  }

  @SuppressWarnings("unchecked")
  private Operand<?> typed(Operand<?> feed, Class<? extends TType> type) {
    return type == TString.class || type == TFloat32.class
        ? feed
        : tf.dtypes.cast((Operand<TFloat32>) feed, type);
  }

  /** Emits what leads from {@code from}, as placeholders, to {@code to}. */
  Path path(Model model, List<Ref> from, List<Ref> to) {
    Map<Ref, Spec> specs = model.specs();
    Map<Ref, Value> values = new HashMap<>();
    List<Operand<?>> feeds = new ArrayList<>();
    for (Ref ref : from) {
      Spec spec = specs.get(ref);
      Class<? extends TType> type = Types.of(spec.dtype());
      // Numbers are fed as float32 whatever their type: all data sources and signatures have that.
      Class<? extends TType> fed = type == TString.class ? TString.class : TFloat32.class;
      Operand<?> feed =
          tf.withName(Names.scope(ref.layer())).placeholder(fed, Placeholder.shape(spec.shape()));
      feeds.add(feed);
      values.put(ref, Value.of(typed(feed, type)));
    }
    Map<String, Model.Entry> layers = new HashMap<>();
    model.layers().forEach(entry -> layers.put(entry.name(), entry));
    Set<Use> needed = needed(model, values.keySet(), to);
    for (Use use : model.uses()) {
      if (needed.contains(use)) {
        emit(use, layers.get(use.layer()), specs, values);
      }
    }
    List<Operand<?>> outputs = new ArrayList<>();
    for (Ref ref : to) {
      Operand<?> tensor = values.get(ref).tensor();
      // A layer may hand its input on; a session refuses to fetch one tensor twice, or one it is
      // fed.
      boolean taken =
          Stream.concat(outputs.stream(), feeds.stream())
              .anyMatch(o -> o.asOutput().equals(tensor.asOutput()));
      outputs.add(taken ? tf.identity(tensor) : tensor);
    }
    return new Path(from, feeds, to, outputs, updates, losses);
  }

  private void emit(Use use, Model.Entry entry, Map<Ref, Spec> specs, Map<Ref, Value> values) {
    List<Value> inputs = use.inputs().stream().map(values::get).toList();
    List<Spec> inputSpecs = use.inputs().stream().map(specs::get).toList();
    LayerCall call =
        new LayerCall(
            this,
            entry.name(),
            new LayerCall.Nature(entry.trainable(), entry.layer().random()),
            tf.withSubScope(Names.scope(entry.name())),
            new LayerCall.Arguments(inputs, inputSpecs, use.arguments()));
    List<Value> outputs = entry.layer().call(call);
    for (int i = 0; i < outputs.size(); i++) {
      values.put(new Ref(use.layer(), use.node(), i), outputs.get(i));
    }
  }

  /** The uses that {@code to} needs beyond what is fed. */
  static Set<Use> needed(Model model, Set<Ref> fed, List<Ref> to) {
    Map<String, Use> byTensor = new HashMap<>();
    model.uses().forEach(use -> byTensor.put(use.layer() + ":" + use.node(), use));
    Set<Use> needed = new HashSet<>();
    List<Ref> open = new ArrayList<>(to);
    while (!open.isEmpty()) {
      Ref ref = open.remove(open.size() - 1);
      if (!fed.contains(ref) && needed.add(byTensor.get(ref.layer() + ":" + ref.node()))) {
        open.addAll(byTensor.get(ref.layer() + ":" + ref.node()).inputs());
      }
    }
    return needed;
  }

  /** The current value of a variable: what an earlier use in this step left, or what is stored. */
  Operand<TFloat32> weight(String name) {
    Operand<TFloat32> updated = updates.get(name);
    return updated != null ? updated : variables.get(name).read();
  }
}
