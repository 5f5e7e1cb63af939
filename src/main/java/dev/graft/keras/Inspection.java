package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.error.GraftException;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a Keras file is, and what Graft can make of it. Nothing in the file is run, and no native
 * library is loaded.
 *
 * @param file the file
 * @param kind what it is, for people: {@code whole-model .h5}
 * @param layout how it keeps its weights; empty when it has none
 * @param writer who wrote it
 * @param layers the network's layers, those of nested networks behind their network's; empty for
 *     weights alone
 * @param weights its tensors, the optimizer's not among them
 * @param optimizer the optimizer's class and how many tensors of state it has; empty when none
 * @param problems why Graft cannot build the network or load its weights; empty when it can
 */
public record Inspection(
    String file,
    String kind,
    String layout,
    String writer,
    List<LayerLine> layers,
    List<StoredTensor> weights,
    String optimizer,
    List<String> problems) {
  /**
   * A layer of the file.
   *
   * @param className Keras's class, as the file has it
   * @param buildable Graft has this layer with these settings
   * @param trainable Graft can train it and what comes before it
   */
  public record LayerLine(String name, String className, boolean buildable, boolean trainable) {}

  /** Copies its lists. */
  public Inspection {
    layers = List.copyOf(layers);
    weights = List.copyOf(weights);
    problems = List.copyOf(problems);
  }

  /**
   * Looks at {@code path}.
   *
   * @param layers the layers Graft is to know
   * @throws dev.graft.error.DataException when there is no such file
   * @throws dev.graft.error.MalformedFileException when it is no Keras file, or damaged
   */
  public static Inspection of(Path path, Layers layers) {
    ModelDocument document = ModelDocument.read(path);
    List<String> problems = new ArrayList<>();
    List<LayerLine> lines = new ArrayList<>();
    Model model = null;
    if (document.model() != null) {
      ModelReader reader = new ModelReader(path.toString(), document.generation(), layers);
      reader.survey(document.model(), "", lines, problems);
      if (problems.isEmpty()) {
        model = attempt(() -> reader.read(document.model(), null, true), problems);
      }
    }
    if (document.kind() == FileKind.ARCHITECTURE) {
      return new Inspection(
          path.toString(),
          document.kind().words(),
          "",
          document.writer().toString(),
          lines,
          List.of(),
          "",
          problems);
    }
    try (WeightFile weights = WeightFile.open(path)) {
      if (model != null) {
        Model built = model;
        attempt(() -> WeightMatch.of(built, weights, LoadOptions.strict()), problems);
      }
      return new Inspection(
          path.toString(),
          document.kind().words(),
          weights.layout().words(),
          (document.writer().version().isEmpty() ? weights.writer() : document.writer()).toString(),
          lines,
          tensors(weights),
          optimizer(document.training(), weights),
          problems);
    }
  }

  /** The value of {@code work}; null when it fails, and why among {@code problems}. */
  private static <T> T attempt(java.util.function.Supplier<T> work, List<String> problems) {
    try {
      return work.get();
    } catch (GraftException e) {
      problems.add(e.getMessage());
      return null;
    }
  }

  private static List<StoredTensor> tensors(WeightFile weights) {
    List<StoredTensor> all = new ArrayList<>();
    for (StoredLayer layer : weights.layers()) {
      for (StoredTensor tensor : layer.tensors()) {
        all.add(tensor.named(layer.label() + "/" + tensor.name()));
      }
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  private static String optimizer(Config training, WeightFile weights) {
    CompileSettings compile =
        training == null
            ? null
            : CompileReader.read((Map<String, Object>) training.plain(), training.where());
    if (compile == null && weights.optimizer().isEmpty()) {
      return "";
    }
    return (compile == null ? "unknown" : compile.optimizer())
        + ", "
        + weights.optimizer().size()
        + " tensors of state";
  }

  /** True when Graft can build the network and load its weights. */
  public boolean usable() {
    return problems.isEmpty();
  }

  /**
   * As JSON: {@code {kind, layout, writer, layers: [{name, class, buildable, trainable}], weights:
   * [{name, shape, dtype}], problems: […]}}.
   */
  public String json() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("kind", kind);
    plain.put("layout", layout);
    plain.put("writer", writer);
    List<Object> layerList = new ArrayList<>();
    for (LayerLine line : layers) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", line.name());
      one.put("class", line.className());
      one.put("buildable", line.buildable());
      one.put("trainable", line.trainable());
      layerList.add(one);
    }
    plain.put("layers", layerList);
    List<Object> tensorList = new ArrayList<>();
    for (StoredTensor tensor : weights) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", tensor.name());
      one.put("shape", tensor.shape().asArray());
      one.put("dtype", tensor.dtype());
      tensorList.add(one);
    }
    plain.put("weights", tensorList);
    plain.put("problems", problems);
    return Json.pretty(plain);
  }

  /** As text for people, one line a layer and one a tensor. */
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "file", file);
    line(text, "kind", kind);
    line(text, "layout", layout.isEmpty() ? "no weights" : layout);
    line(text, "writer", writer);
    line(text, "optimizer", optimizer.isEmpty() ? "none" : optimizer);
    long values = weights.stream().mapToLong(tensor -> tensor.shape().size()).sum();
    line(text, "weights", weights.size() + " tensors, " + values + " values");
    for (LayerLine layer : layers) {
      line(
          text,
          "layer",
          layer.name()
              + " ("
              + layer.className()
              + "): "
              + (!layer.buildable()
                  ? "cannot be built"
                  : layer.trainable() ? "builds and trains" : "builds, does not train"));
    }
    for (StoredTensor tensor : weights) {
      String packed =
          tensor.filters().isEmpty() ? "" : ", packed: " + String.join(", ", tensor.filters());
      line(
          text,
          "tensor",
          tensor.name() + " " + StoredTensor.text(tensor.shape()) + " " + tensor.dtype() + packed);
    }
    problems.forEach(problem -> line(text, "problem", problem));
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append(String.format(Locale.ROOT, "%-10s %s\n", what, value));
  }
}
