package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Preprocessing;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.fetch.Places;
import dev.graft.keras.KerasFile;
import dev.graft.keras.LoadOptions;
import dev.graft.layers.BatchNormalization;
import dev.graft.layers.DType;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Applications;
import dev.graft.model.Surgery;
import dev.graft.model.Variant;
import dev.graft.network.FrozenGraph;
import dev.graft.network.FrozenLayer;
import dev.graft.progress.Progress;
import dev.graft.train.Generation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the {@code model} of a recipe. */
final class ModelReader {
  private static final List<String> KINDS = List.of("trunk", "load", "layers", "graphdef");

  /** The name of the layer that a frozen graph is. */
  private static final String FROZEN = "trunk";

  private final Path base;
  private final Surroundings around;
  private final long[] pictures;
  private final long[] stored;
  private final int classes;

  /**
   * A reader.
   *
   * @param base what relative paths start from
   * @param pictures height, width and channels of the pictures when the recipe gives a size, or
   *     null
   * @param stored shape of one example when the data is arrays, or null
   * @param classes number of classes in the data
   */
  ModelReader(Path base, Surroundings around, long[] pictures, long[] stored, int classes) {
    this.base = base;
    this.around = around;
    this.pictures = pictures == null ? null : pictures.clone();
    this.stored = stored == null ? null : stored.clone();
    this.classes = classes;
  }

  Grafted read(Config model) {
    List<String> kinds = model.keys().stream().filter(KINDS::contains).toList();
    if (kinds.size() != 1) {
      throw new SettingException(
          model.where()
              + ": expected exactly one of "
              + String.join(", ", KINDS)
              + ", came "
              + (kinds.isEmpty() ? "none" : String.join(", ", kinds))
              + ".");
    }
    HeadReader heads =
        new HeadReader(
            around.layers(), model.has("defaults") ? model.get("defaults") : null, classes);
    return switch (kinds.get(0)) {
      case "trunk" -> application(model.get("trunk"), model, heads);
      case "layers" -> fromScratch(model, heads);
      case "load" -> loaded(model, heads);
      default -> frozen(model.get("graphdef"), model, heads);
    };
  }

  private Grafted application(Config trunk, Config model, HeadReader heads) {
    Applications.Application application =
        Applications.named(trunk.string("application"), trunk.where("application"));
    application = application.with(variant(trunk, application));
    Path weights = weights(trunk, application);
    application = PublishedWeights.scaled(application, weights);
    Model whole = application.whole(1000);
    Model cut =
        trunk.has("until") ? Surgery.cut(application.model(), until(trunk)) : application.model();
    Model grafted = cut;
    if (model.has("head")) {
      grafted = Surgery.graft(cut, heads.read(model.get("head")));
    }
    Set<String> names = names(cut);
    Set<String> fresh = new HashSet<>(names(grafted));
    fresh.removeAll(names);
    if (weights == null) {
      Matching.none(trunk);
    }
    WeightPlan plan =
        weights == null
            ? WeightPlan.initialise()
            : new WeightPlan(weights, options(Matching.read(trunk), whole, cut).withFresh(fresh));
    return new Grafted(grafted, names, plan, Notes.of(application));
  }

  /** Weights of the classifier may be left over, where the trunk is a part of the whole. */
  private static LoadOptions options(LoadOptions said, Model whole, Model cut) {
    boolean part = names(whole).containsAll(names(cut));
    return part ? said.cutFrom(whole) : said;
  }

  /** What the trunk's settings ask of an application. */
  private Variant variant(Config trunk, Applications.Application application) {
    Map<String, Object> more = new LinkedHashMap<>();
    for (String setting : application.settings()) {
      if (trunk.has(setting)) {
        Config value = trunk.get(setting);
        more.put(setting, value.isFlag() ? value.flag() : value.number());
      }
    }
    Variant variant = application.variant().sized(input(trunk, application)).with(more);
    if (!trunk.flag("include_top", trunk.has("until"))) {
      String pooling = trunk.has("pooling") ? trunk.string("pooling") : null;
      if (pooling != null && !pooling.equals("avg") && !pooling.equals("max")) {
        throw trunk.get("pooling").wrong("avg, max or null");
      }
      variant = variant.headless(pooling);
    }
    return variant;
  }

  /** A whole Keras file; with a head, what is kept of it is the trunk. */
  private Grafted loaded(Config model, HeadReader heads) {
    Path path = base.resolve(model.string("load"));
    KerasFile file = KerasFile.open(path, around.layers());
    for (String note : file.notes()) {
      around.progress().on(new Progress.Message(path + ": " + note));
    }
    Path weights = model.has("weights") ? base.resolve(model.string("weights")) : path;
    Model whole = file.model();
    if (file.graft() != null) {
      whole = whole.map(e -> e.with(BatchNormalization.movingLike(e.layer(), false)));
    }
    Model cut = model.has("until") ? Surgery.cut(whole, until(model)) : whole;
    Model grafted = cut;
    if (model.has("head")) {
      grafted = Surgery.graft(cut, heads.read(model.get("head")));
    }
    Set<String> fresh = new HashSet<>(names(grafted));
    fresh.removeAll(names(cut));
    WeightPlan plan = new WeightPlan(weights, Matching.read(model).cutFrom(whole).withFresh(fresh));
    Generation generation = Grafted.generation(file);
    return new Grafted(
        grafted, model.has("head") ? names(cut) : Set.of(), plan, Notes.of(file), generation);
  }

  /** A layer's name, or its index. */
  private static String until(Config config) {
    Config value = config.get("until");
    return value.isNumber() ? Integer.toString(value.integer()) : value.string();
  }

  private long[] input(Config trunk, Applications.Application application) {
    if (!trunk.has("input")) {
      return pictures != null ? pictures : new long[] {application.size(), application.size(), 3};
    }
    int[] given = trunk.get("input").integers();
    if (given.length != 3) {
      throw trunk.get("input").wrong("[height, width, channels]");
    }
    return new long[] {given[0], given[1], given[2]};
  }

  private Path weights(Config trunk, Applications.Application application) {
    if (trunk.contains("weights") && !trunk.has("weights")) {
      return null;
    }
    String weights = trunk.string("weights", "imagenet");
    if (!weights.equals("imagenet")) {
      Path file = base.resolve(weights);
      if (!Files.isRegularFile(file)) {
        throw new DataException(
            trunk.where("weights") + ": there is no file " + file + ". Check the path.");
      }
      return file;
    }
    return PublishedWeights.required(application, false, around.places());
  }

  private Grafted fromScratch(Config model, HeadReader heads) {
    long[] shape = pictures != null ? pictures : stored;
    if (shape == null) {
      throw new SettingException(
          model.where()
              + ": 'layers' needs pictures of a known size to build on. Set data.image.size.");
    }
    Model built =
        Surgery.sequential(
            model.string("name", "sequential"),
            new InputLayer(Spec.floats(batchFirst(shape))),
            heads.read(model.get("layers")));
    return new Grafted(built, Set.of(), WeightPlan.initialise(), Note.none());
  }

  /** A frozen graph, as one layer without weights, and a head on what one of its tensors gives. */
  private Grafted frozen(Config graph, Config model, HeadReader heads) {
    FrozenGraph file = FrozenGraph.read(graphFile(graph));
    String input = graph.has("input") ? graph.string("input") : only(file, graph);
    FrozenLayer layer = new FrozenLayer(file, input, graph.string("output"));
    Model trunk =
        Surgery.sequential(
            graph.string("name", "graphdef"),
            new InputLayer(sized(layer.input())),
            List.of(new Surgery.Named(FROZEN, layer)));
    Note note =
        layer.input().dtype() == DType.STRING
            ? new Note(Preprocessing.bytes(), List.of(), null, null)
            : Note.none();
    return new Grafted(
        Surgery.graft(trunk, heads.read(model.get("head"))),
        names(trunk),
        WeightPlan.initialise(),
        note);
  }

  /** A path; failing that, the same name where published weights lie. */
  private Path graphFile(Config graph) {
    Path file = base.resolve(graph.string("file"));
    String name = file.getFileName().toString();
    Path published =
        Places.find(around.places().weights(), List.of(name, "inception_dec_2015/" + name));
    return Files.exists(file) || published == null ? file : published;
  }

  /** The tensor that is fed, when there is only one. */
  private static String only(FrozenGraph file, Config graph) {
    List<String> fed = file.placeholders();
    if (fed.size() != 1) {
      throw new SettingException(
          graph.where("input")
              + ": say which tensor is fed; "
              + file.path()
              + (fed.isEmpty() ? " has no placeholder." : " has " + String.join(", ", fed) + "."));
    }
    return fed.get(0);
  }

  /** Sizes that the graph leaves open are the data's. */
  private Spec sized(Spec input) {
    long[] given = pictures != null ? pictures : stored;
    if (given == null || input.rank() != given.length + 1) {
      return input;
    }
    long[] sizes = input.shape().asArray();
    for (int i = 1; i < sizes.length; i++) {
      sizes[i] = sizes[i] < 0 ? given[i - 1] : sizes[i];
    }
    return input.with(sizes);
  }

  private static long[] batchFirst(long[] shape) {
    long[] all = new long[shape.length + 1];
    all[0] = -1;
    System.arraycopy(shape, 0, all, 1, shape.length);
    return all;
  }

  private static Set<String> names(Model model) {
    return model.layers().stream().map(Model.Entry::name).collect(Collectors.toSet());
  }
}
