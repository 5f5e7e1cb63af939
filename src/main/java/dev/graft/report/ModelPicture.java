package dev.graft.report;

import dev.graft.files.AtomicFiles;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A model as a picture, like Keras's {@code plot_model}: a box a use of a layer, frozen ones
 * shaded, shapes on the edges, shared layers with a double border, models within it as boxes around
 * their own layers.
 */
public final class ModelPicture {
  private static final double LETTER = 7.3;
  private static final double LINE = 17;
  private static final double PADDING = 10;

  private static final String STYLE =
      """
      <style>
        svg { background: #ffffff; color: #1b1f24; }
        text { font: 12px system-ui, "Segoe UI", "Noto Sans", sans-serif; fill: currentColor; }
        .name { font-weight: 600; }
        .shape { font-size: 11px; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
        .box { fill: #ffffff; stroke: #57606a; stroke-width: 1.2; }
        .frozen { fill: #c9dcec; }
        .shared { stroke-dasharray: 5 2; stroke-width: 2; }
        .inner { fill: #f5f6f8; stroke: #57606a; }
        .edge { fill: none; stroke: #57606a; stroke-width: 1.2; }
        @media (prefers-color-scheme: dark) {
          svg { background: #14171b; color: #e8eaed; } .shape { stroke: #14171b; }
          .box { fill: #1e2329; stroke: #a5adb6; } .frozen { fill: #24425c; }
          .inner { fill: #191d22; stroke: #a5adb6; } .edge { stroke: #a5adb6; }
        }
      </style>
      """;

  private final Model model;
  private final boolean frozen;
  private final Map<String, Model.Entry> layers = new HashMap<>();
  private final Map<String, Long> uses;
  private final Map<String, Long> params = new HashMap<>();
  private final Map<Ref, Spec> specs;
  private final List<ModelPicture> inner = new ArrayList<>();
  private final List<GraphLayout.Edge> edges = new ArrayList<>();
  private final List<Ref> carried = new ArrayList<>();
  private final GraphLayout layout;

  private ModelPicture(Model model, boolean frozen) {
    this.model = model;
    this.frozen = frozen;
    this.specs = model.specs();
    model.layers().forEach(entry -> layers.put(entry.name(), entry));
    this.uses =
        model.uses().stream().collect(Collectors.groupingBy(Use::layer, Collectors.counting()));
    model.variables().forEach(v -> params.merge(v.layer(), v.slot().size(), Long::sum));
    Map<String, Integer> index = new HashMap<>();
    List<GraphLayout.Box> boxes = new ArrayList<>();
    for (Use use : model.uses()) {
      int at = boxes.size();
      boxes.add(box(use));
      index.put(use.layer() + ":" + use.node(), at);
      for (Ref ref : use.inputs()) {
        edges.add(new GraphLayout.Edge(index.get(ref.layer() + ":" + ref.node()), at));
        carried.add(ref);
      }
    }
    this.layout = new GraphLayout(boxes, edges);
  }

  /** The SVG file of {@code model}, models within it opened. */
  public static String svg(Model model) {
    ModelPicture picture = new ModelPicture(model, false);
    String legend = model.name() + " – shaded: frozen; dashed: one layer used several times";
    double width = Math.max(picture.layout.width(), BarLine.columns(legend) * LETTER) + 2 * PADDING;
    double height = picture.layout.height() + 2 * PADDING + 2 * LINE;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\""
                + " viewBox=\"0 0 %.0f %.0f\">%n",
            width,
            height,
            width,
            height));
    svg.append("<title>").append(Html.escape(model.name())).append("</title>\n").append(STYLE);
    picture.draw(svg, PADDING, PADDING + LINE);
    picture.results(svg, PADDING, PADDING + LINE);
    text(svg, "shape", PADDING, LINE, legend);
    return svg.append("</svg>\n").toString();
  }

  /** Writes the picture of {@code model} to {@code file}. */
  public static void write(Path file, Model model) {
    AtomicFiles.string(file, svg(model));
  }

  private GraphLayout.Box box(Use use) {
    Model.Entry entry = layers.get(use.layer());
    ModelPicture picture =
        entry.layer() instanceof Nested nested
            ? new ModelPicture(nested.model(), frozen(entry))
            : null;
    inner.add(picture);
    double letters = Math.max(BarLine.columns(use.layer()), BarLine.columns(kind(use)));
    double width = letters * LETTER + 2 * PADDING;
    double height = 2 * LINE + PADDING;
    if (picture == null) {
      return new GraphLayout.Box(width, height);
    }
    return new GraphLayout.Box(
        Math.max(width, picture.layout.width() + 2 * PADDING),
        height + picture.layout.height() + 2 * PADDING);
  }

  /** A layer in a frozen model is frozen, whatever its own flag says. */
  private boolean frozen(Model.Entry entry) {
    return frozen || !entry.trainable();
  }

  /** The second line of a box: class, parameters, which use of a shared layer. */
  private String kind(Use use) {
    Model.Entry entry = layers.get(use.layer());
    StringBuilder text = new StringBuilder(entry.layer().className());
    long weights = params.getOrDefault(use.layer(), 0L);
    if (weights > 0) {
      text.append(String.format(Locale.ROOT, " · %,d", weights));
    }
    if (frozen(entry) && weights > 0) {
      text.append(" · frozen");
    }
    if (uses.get(use.layer()) > 1) {
      text.append(" · use ").append(use.node() + 1).append(" of ").append(uses.get(use.layer()));
    }
    return text.toString();
  }

  private void draw(StringBuilder svg, double x, double y) {
    for (int i = 0; i < edges.size(); i++) {
      edge(svg, layout.way(i), x, y);
    }
    for (int i = 0; i < model.uses().size(); i++) {
      node(svg, i, x + layout.at(i)[0], y + layout.at(i)[1]);
    }
    Map<String, Boolean> said = new HashMap<>();
    for (int i = 0; i < edges.size(); i++) {
      double[] end = layout.way(i)[layout.way(i).length - 1];
      double[] start = layout.way(i)[0];
      // Edges of one tensor carry one shape: it stands at the first of them only.
      if (said.put(carried.get(i).toString(), true) == null) {
        double across = layout.way(i).length == 2 ? (start[0] + end[0]) / 2 : start[0];
        text(svg, "shape", x + across + 5, y + start[1] + 21, shape(carried.get(i)));
      }
    }
  }

  /** The shapes that leave the whole model. */
  private void results(StringBuilder svg, double x, double y) {
    for (int i = 0; i < model.uses().size(); i++) {
      Use use = model.uses().get(i);
      double[] foot = {x + layout.at(i)[0] + 5, y + layout.at(i)[1] + layout.box(i).height()};
      for (Ref ref : model.outputs()) {
        if (ref.layer().equals(use.layer()) && ref.node() == use.node()) {
          text(svg, "shape", foot[0], foot[1] + LINE, shape(ref));
        }
      }
    }
  }

  private String shape(Ref ref) {
    Spec spec = specs.get(ref);
    List<String> sizes = new ArrayList<>();
    for (int i = 1; i < spec.rank(); i++) {
      sizes.add(spec.size(i) < 0 ? "?" : Long.toString(spec.size(i)));
    }
    return sizes.isEmpty() ? "scalar" : String.join("×", sizes);
  }

  private void node(StringBuilder svg, int index, double x, double y) {
    Use use = model.uses().get(index);
    ModelPicture within = inner.get(index);
    GraphLayout.Box box = layout.box(index);
    String type = within == null ? "box" : "inner";
    type += frozen(layers.get(use.layer())) ? " frozen" : "";
    type += uses.get(use.layer()) > 1 ? " shared" : "";
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\"/>%n",
            type,
            x - box.width() / 2,
            y,
            box.width(),
            box.height()));
    text(svg, "name", x, y + LINE, use.layer());
    text(svg, "kind", x, y + 2 * LINE, kind(use));
    if (within != null) {
      within.draw(svg, x - within.layout.width() / 2, y + 2 * LINE + 2 * PADDING);
    }
  }

  private static void edge(StringBuilder svg, double[][] way, double x, double y) {
    StringBuilder path = new StringBuilder();
    path.append(point("M", x + way[0][0], y + way[0][1]));
    for (int i = 1; i < way.length; i++) {
      double middle = y + (way[i - 1][1] + way[i][1]) / 2;
      path.append(point(" C", x + way[i - 1][0], middle));
      path.append(point(" ", x + way[i][0], middle));
      path.append(point(" ", x + way[i][0], y + way[i][1]));
    }
    svg.append("<path class=\"edge\" d=\"").append(path).append("\"/>\n");
    double[] end = way[way.length - 1];
    svg.append("<path class=\"edge\" d=\"").append(point("M", x + end[0] - 3.5, y + end[1] - 6));
    svg.append(point(" L", x + end[0], y + end[1]))
        .append(point(" L", x + end[0] + 3.5, y + end[1] - 6));
    svg.append("\"/>\n");
  }

  private static String point(String command, double x, double y) {
    return String.format(Locale.ROOT, "%s%.1f,%.1f", command, x, y);
  }

  /** A line of text: names stand in the middle of their boxes, shapes beside their edges. */
  private static void text(StringBuilder svg, String type, double x, double y, String text) {
    String anchor = type.equals("shape") ? "start" : "middle";
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            type,
            x,
            y,
            anchor,
            Html.escape(text)));
  }
}
