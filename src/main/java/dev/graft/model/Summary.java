package dev.graft.model;

import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Keras's summary table of a model.
 *
 * @param rows one for each of Keras's {@code model.layers}
 * @param total parameters
 * @param trainable parameters that training changes
 */
public record Summary(String model, List<Row> rows, long total, long trainable) {
  /**
   * One layer.
   *
   * @param outputs shapes of its first use
   * @param trainable whether it is not frozen
   */
  public record Row(
      String name, String className, List<Spec> outputs, long params, boolean trainable) {
    /** The output shape as Keras prints it. */
    public String outputShape() {
      return outputs.size() == 1 ? outputs.get(0).toString() : outputs.toString();
    }
  }

  /** The table of {@code model}. */
  public static Summary of(Model model) {
    Map<String, Long> params = new LinkedHashMap<>();
    long total = 0;
    long trainable = 0;
    for (Model.Variable v : model.variables()) {
      params.merge(v.layer(), v.slot().size(), Long::sum);
      total += v.slot().size();
      trainable += v.trainable() ? v.slot().size() : 0;
    }
    Map<Ref, Spec> specs = model.specs();
    List<Row> rows = new ArrayList<>();
    for (Model.Entry entry : model.kerasLayers()) {
      rows.add(
          new Row(
              entry.name(),
              entry.layer().className(),
              outputs(model, entry, specs),
              params.getOrDefault(entry.name(), 0L),
              entry.trainable()));
    }
    return new Summary(model.name(), rows, total, trainable);
  }

  private static List<Spec> outputs(Model model, Model.Entry entry, Map<Ref, Spec> specs) {
    List<Spec> outputs = new ArrayList<>();
    for (Use use : model.uses()) {
      if (use.layer().equals(entry.name())) {
        for (int i = 0; specs.containsKey(new Ref(entry.name(), use.node(), i)); i++) {
          outputs.add(specs.get(new Ref(entry.name(), use.node(), i)));
        }
        break;
      }
    }
    return outputs;
  }

  /** The table as text, as Keras prints it but for the box drawing. */
  public String text() {
    int name = width("Layer (type)".length(), r -> r.name().length() + r.className().length() + 3);
    int shape = width("Output Shape".length(), r -> r.outputShape().length());
    String format = "%-" + name + "s  %-" + shape + "s  %13s  %s%n";
    StringBuilder text = new StringBuilder();
    text.append("Model: \"").append(model).append("\"\n");
    text.append(line(format, "Layer (type)", "Output Shape", "Param #", "Trainable"));
    text.append("-".repeat(name + shape + 28)).append('\n');
    for (Row row : rows) {
      text.append(
          line(
              format,
              row.name() + " (" + row.className() + ")",
              row.outputShape(),
              String.format(Locale.ROOT, "%,d", row.params()),
              row.trainable() ? "yes" : "frozen"));
    }
    text.append("-".repeat(name + shape + 28)).append('\n');
    text.append(String.format(Locale.ROOT, "Total params: %,d%n", total));
    text.append(String.format(Locale.ROOT, "Trainable params: %,d%n", trainable));
    text.append(String.format(Locale.ROOT, "Non-trainable params: %,d%n", total - trainable));
    return text.toString();
  }

  private int width(int least, java.util.function.ToIntFunction<Row> of) {
    return Math.max(least, rows.stream().mapToInt(of).max().orElse(0));
  }

  private static String line(String format, String a, String b, String c, String d) {
    return String.format(Locale.ROOT, format, a, b, c, d);
  }

  /** Sizes as Keras gives them to JSON: null where the size is free. */
  private static List<Long> sizes(Spec spec) {
    List<Long> sizes = new ArrayList<>();
    for (long size : spec.shape().asArray()) {
      sizes.add(size < 0 ? null : size);
    }
    return sizes;
  }

  /** The table as plain data for JSON. */
  public Map<String, Object> json() {
    List<Object> layers = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> layer = new LinkedHashMap<>();
      layer.put("name", row.name());
      layer.put("class", row.className());
      List<Object> shapes = new ArrayList<>(row.outputs().stream().map(Summary::sizes).toList());
      layer.put("output_shape", shapes.size() == 1 ? shapes.get(0) : shapes);
      layer.put("params", row.params());
      layer.put("trainable", row.trainable());
      layers.add(layer);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("layers", layers);
    json.put("total", total);
    json.put("trainable", trainable);
    json.put("non_trainable", total - trainable);
    return json;
  }
}
