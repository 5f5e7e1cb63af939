package dev.graft.network;

import dev.graft.error.WeightException;
import dev.graft.layers.AnyBatch;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.WeightStore;
import dev.graft.runtime.NativeMemory;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import dev.graft.scale.Workers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A model in a native graph with a session of its own.
 *
 * <p>Variables have no value until {@link #assign} or {@link #initialize} gives them one. {@link
 * #run} is thread-safe; everything that changes the graph or a variable is not.
 */
public final class Network implements AutoCloseable, WeightStore {
  private static final String REMEDY =
      "Use smaller pictures, or fewer rows in a request, or a machine or container with more"
          + " memory.";

  private final Model model;
  private final long seed;
  private final Settings settings;
  private final Workers workers;
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Session session;
  private final Operand<TInt64> step;
  private final Map<String, Variable> variables = new LinkedHashMap<>();
  private final Map<String, Setter> setters = new LinkedHashMap<>();
  private final Map<List<Object>, Path> paths = new LinkedHashMap<>();

  private record Setter(Operand<TFloat32> value, Op assign) {}

  private Network(Model given, Settings settings, Settings.Kind kind, long seed, Workers workers) {
    this.model = AnyBatch.of(given);
    this.seed = seed;
    this.settings = settings;
    this.workers = workers;
    // What branches more gains by ops that run at the same time; in training, where a layer has the
    // gradients of its weights and of its inputs, residual connections do.
    boolean trained = kind != Settings.Kind.INFERENCE && !FrozenPart.weighs(model);
    boolean inOrder = Width.of(model) <= (trained ? 1 : 2);
    this.session = workers.open(graph, settings, kind, inOrder);
    this.step =
        tf.withName("graft_step")
            .placeholderWithDefault(tf.constant(0L), org.tensorflow.ndarray.Shape.scalar());
    for (Model.Variable weight : model.variables()) {
      add(Variable.of(tf, weight));
    }
  }

  /** Emits {@code model} for prediction. */
  public static Network forInference(Model model, Settings settings) {
    return new Network(model, settings, Settings.Kind.INFERENCE, 0, Workers.ALONE);
  }

  /** Emits {@code model} for prediction with random layers, which {@code seed} seeds. */
  public static Network forSampling(Model model, Settings settings, long seed) {
    return new Network(model, settings, Settings.Kind.INFERENCE, seed, Workers.ALONE);
  }

  /** Emits {@code model} for training; {@code seed} seeds every random op in it. */
  public static Network forTraining(Model model, Settings settings, long seed) {
    return forTraining(model, settings, seed, Workers.ALONE, true);
  }

  /**
   * As the other method, for training together with {@code workers}: each has this network, with
   * the same values.
   *
   * @param whole whether steps run the frozen part, too: its ops are fused then, which makes the
   *     first run for every new set of tensors three times as long
   */
  public static Network forTraining(
      Model model, Settings settings, long seed, Workers workers, boolean whole) {
    Settings.Kind kind =
        whole && FrozenPart.weighs(model)
            ? Settings.Kind.TRAINING_ON_FROZEN
            : Settings.Kind.TRAINING;
    return new Network(model, settings, kind, seed, workers);
  }

  public Model model() {
    return model;
  }

  public Graph graph() {
    return graph;
  }

  public Ops ops() {
    return tf;
  }

  public Session session() {
    return session;
  }

  public long seed() {
    return seed;
  }

  /** Who trains it together; {@link Workers#ALONE} mostly. */
  public Workers workers() {
    return workers;
  }

  /** How its session runs. */
  public Settings settings() {
    return settings;
  }

  /** The number of the training step, from 0: fed, and 0 when not fed. Seeds random ops. */
  public Operand<TInt64> step() {
    return step;
  }

  /** The variables of the model, layer by layer in Keras's order, then what was added. */
  public Collection<Variable> variables() {
    return variables.values();
  }

  /** The variable {@code name} ({@code layer/weight}). */
  public Variable variable(String name) {
    Variable variable = variables.get(name);
    if (variable == null) {
      throw new WeightException(
          "model '"
              + model.name()
              + "' has no weight '"
              + name
              + "'."
              + dev.graft.config.Nearest.hint(name, variables.keySet()));
    }
    return variable;
  }

  Map<String, Variable> variablesByName() {
    return variables;
  }

  /**
   * The weights that training leaves alone: frozen, and changed by no layer of a path that is there
   * now. Whoever assigns to them changes them all the same.
   */
  public List<Variable> staying() {
    Set<String> updated = new HashSet<>();
    paths.values().forEach(path -> updated.addAll(path.updates().keySet()));
    return model.variables().stream()
        .filter(weight -> !weight.trainable() && !updated.contains(weight.name()))
        .map(weight -> variables.get(weight.name()))
        .toList();
  }

  /** Adds a variable that is not a weight of the model, such as an optimizer's slot. */
  public Variable addVariable(String name, Shape shape) {
    return add(Variable.create(tf, name, shape, false));
  }

  private Variable add(Variable variable) {
    variables.put(variable.name(), variable);
    Operand<TFloat32> value =
        tf.withName(Names.scope("load_" + variable.name()))
            .placeholder(TFloat32.class, Placeholder.shape(variable.shape()));
    setters.put(variable.name(), new Setter(value, variable.assign(tf, value)));
    return variable;
  }

  /** The whole network as it predicts. */
  public Path inference() {
    return path(Path.Mode.INFERENCE, model.inputs(), model.outputs());
  }

  /** The part of the network from {@code from} to {@code to}; emitted at the first call. */
  public Path path(Path.Mode mode, List<Ref> from, List<Ref> to) {
    return paths.computeIfAbsent(
        List.of(mode, from, to), key -> new Emission(this, mode).path(model, from, to));
  }

  /**
   * Runs {@code path} and gives its outputs, in order; the caller closes the result.
   *
   * @param inputs one tensor for each of {@link Path#feeds}
   */
  public Result run(Path path, List<Tensor> inputs) {
    Session.Runner runner = session.runner();
    for (int i = 0; i < inputs.size(); i++) {
      runner.feed(path.feeds().get(i), inputs.get(i));
    }
    path.outputs().forEach(runner::fetch);
    return NativeMemory.holding(model.name(), rows(inputs), REMEDY, () -> run(runner));
  }

  private static long rows(List<Tensor> inputs) {
    return inputs.isEmpty() || inputs.get(0).shape().isScalar() ? 1 : inputs.get(0).shape().get(0);
  }

  /** As the other method, as step {@code number}, by which random layers draw. */
  public Result run(Path path, List<Tensor> inputs, long number) {
    Session.Runner runner = session.runner();
    for (int i = 0; i < inputs.size(); i++) {
      runner.feed(path.feeds().get(i), inputs.get(i));
    }
    path.outputs().forEach(runner::fetch);
    try (Tensor fed = Tensors.longs(new long[] {number})) {
      runner.feed(step, fed);
      return NativeMemory.holding(model.name(), rows(inputs), REMEDY, () -> run(runner));
    }
  }

  /**
   * Runs what was made of {@link #session}; the caller closes the result. With several workers a
   * session fails now and then through no fault of the graph, which is tried again here.
   */
  public Result run(Session.Runner runner) {
    NativeMemory.watch();
    return workers.run(runner);
  }

  /** Sets a variable; {@code values} in row-major order. */
  public void assign(String name, float[] values) {
    assign(List.of(name), any -> values);
  }

  /** Sets every weight of the model to what {@code store} has. */
  public void assign(WeightStore store) {
    assign(model.variables().stream().map(Model.Variable::name).toList(), store);
  }

  /** Sets these variables to what {@code store} has, many at a time: see {@link Snapshot}. */
  public void assign(List<String> names, WeightStore store) {
    int done = 0;
    while (done < names.size()) {
      List<String> next = Snapshot.chunk(names, this, done);
      assignAtOnce(next, store);
      done += next.size();
    }
  }

  /** Sets every weight to what {@code other} has; on the CPU both have it in the same memory. */
  public void share(Network other) {
    List<String> names = model.variables().stream().map(Model.Variable::name).toList();
    int done = 0;
    while (done < names.size()) {
      List<String> next = Snapshot.chunk(names, this, done);
      List<Tensor> values = other.tensors(next.stream().map(other::variable).toList());
      try {
        Session.Runner setting = session.runner();
        for (int i = 0; i < next.size(); i++) {
          Setter setter = setters.get(next.get(i));
          setting.feed(setter.value(), values.get(i)).addTarget(setter.assign());
        }
        run(setting).close();
      } finally {
        values.forEach(Tensor::close);
      }
      done += next.size();
    }
  }

  private void assignAtOnce(List<String> names, WeightStore store) {
    Session.Runner runner = session.runner();
    List<Tensor> tensors = new ArrayList<>();
    try {
      for (String name : names) {
        Variable variable = variable(name);
        Tensor tensor = Tensors.room(variable.shape().asArray());
        tensors.add(tensor);
        fill(variable, tensor, store);
        runner.feed(setters.get(name).value(), tensor).addTarget(setters.get(name).assign());
      }
      run(runner).close();
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  /** A piece at a time: the largest weight of a network need never be on the heap. */
  private static void fill(Variable variable, Tensor tensor, WeightStore store) {
    long expected = variable.shape().size();
    long[] done = {0};
    store.read(
        variable.name(),
        (values, count) -> {
          if (done[0] + count <= expected) {
            Tensors.fill(tensor, done[0], values, count);
          }
          done[0] += count;
        });
    if (done[0] != expected) {
      throw new WeightException(
          "weight '"
              + variable.name()
              + "': the model expects "
              + variable.shape()
              + ", came "
              + done[0]
              + " values.");
    }
  }

  /** Gives every weight of the model the first value its initializer draws from {@code seed}. */
  public void initialize(long initialSeed) {
    Map<String, Model.Variable> all = new LinkedHashMap<>();
    model.variables().forEach(v -> all.put(v.name(), v));
    assign(name -> initial(all.get(name), initialSeed));
  }

  /** The first value of one weight: a function of its name, its initializer and the seed. */
  public static float[] initial(Model.Variable v, long seed) {
    SplittableRandom random = new SplittableRandom(Seeds.mix(seed, v.name().hashCode()));
    return v.slot().initializer().values(v.slot().shape(), random);
  }

  /**
   * What variables are now; the caller closes the tensors. On the CPU they are the variables' own
   * memory until one of them is changed, which then gets new memory.
   */
  List<Tensor> tensors(List<Variable> read) {
    if (read.isEmpty()) {
      return List.of();
    }
    Session.Runner runner = session.runner();
    read.forEach(variable -> runner.fetch(variable.read()));
    // The tensors outlive their Result, which holds nothing else.
    Result result = run(runner);
    return IntStream.range(0, read.size()).mapToObj(result::get).toList();
  }

  /** A copy of the values of a variable, in row-major order. */
  @Override
  public float[] values(String name) {
    try (Result result = run(session.runner().fetch(variable(name).read()))) {
      return Tensors.read(result.get(0));
    }
  }

  @Override
  public WeightStore unchanging() {
    return new Snapshot(this, List.copyOf(variables.keySet()));
  }

  @Override
  public WeightStore unchanging(List<String> names) {
    return new Snapshot(this, names);
  }

  /** A copy of every weight of the model. */
  public Map<String, float[]> weights() {
    Map<String, float[]> all = new LinkedHashMap<>();
    WeightStore store = unchanging(model.variables().stream().map(Model.Variable::name).toList());
    for (Model.Variable v : model.variables()) {
      all.put(v.name(), store.values(v.name()));
    }
    return all;
  }

  /** Names of the variables that training changes by gradient. */
  public List<String> trainable() {
    List<String> names = new ArrayList<>();
    for (Variable v : variables.values()) {
      if (v.trainable()) {
        names.add(v.name());
      }
    }
    return names;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
