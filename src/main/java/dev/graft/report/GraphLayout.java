package dev.graft.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places the nodes of an acyclic graph in rows, so that every edge leads down and few cross
 * (Sugiyama, Tagawa and Toda 1981): rows by the longest way from a source, order within a row by
 * the mean place of the neighbours, then places as near to the neighbours as the order allows.
 *
 * <p>All lengths are in pixels; a node's place is the middle of its upper edge.
 */
final class GraphLayout {
  private static final double GAP = 24;
  private static final double ROW_GAP = 36;
  private static final int SWEEPS = 12;

  /** A node to place; those that come first may not depend on those that come later. */
  record Box(double width, double height) {}

  /** An edge between nodes, by their index. */
  record Edge(int from, int to) {}

  /** A node, or a bend of an edge that passes through a row. */
  private static final class Spot {
    final double width;
    final double height;
    final int row;
    final List<Spot> above = new ArrayList<>();
    final List<Spot> below = new ArrayList<>();
    double x;
    double y;
    double order;

    Spot(Box box, int row) {
      this.width = box.width();
      this.height = box.height();
      this.row = row;
    }

    double weight() {
      // Bends pull harder than nodes, which keeps long edges straight.
      return width == 0 ? 4 : 1;
    }
  }

  private final List<Spot> nodes = new ArrayList<>();
  private final List<List<Spot>> ways = new ArrayList<>();
  private final List<List<Spot>> rows = new ArrayList<>();

  GraphLayout(List<Box> boxes, List<Edge> edges) {
    int[] row = new int[boxes.size()];
    edges.stream()
        .sorted(Comparator.comparingInt(Edge::to))
        .forEach(e -> row[e.to()] = Math.max(row[e.to()], row[e.from()] + 1));
    for (int i = 0; i < boxes.size(); i++) {
      nodes.add(place(new Spot(boxes.get(i), row[i])));
    }
    edges.forEach(this::route);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      sort(sweep % 2 == 0);
    }
    spread();
    stack();
  }

  private Spot place(Spot spot) {
    while (rows.size() <= spot.row) {
      rows.add(new ArrayList<>());
    }
    spot.order = rows.get(spot.row).size();
    rows.get(spot.row).add(spot);
    return spot;
  }

  private void route(Edge edge) {
    List<Spot> way = new ArrayList<>(List.of(nodes.get(edge.from())));
    Spot end = nodes.get(edge.to());
    for (int row = way.get(0).row + 1; row < end.row; row++) {
      way.add(place(new Spot(new Box(0, 0), row)));
    }
    way.add(end);
    for (int i = 1; i < way.size(); i++) {
      way.get(i).above.add(way.get(i - 1));
      way.get(i - 1).below.add(way.get(i));
    }
    ways.add(way);
  }

  private void sort(boolean down) {
    for (int i = 0; i < rows.size(); i++) {
      List<Spot> row = rows.get(down ? i : rows.size() - 1 - i);
      for (Spot spot : row) {
        List<Spot> near = down ? spot.above : spot.below;
        spot.order = near.stream().mapToDouble(n -> n.order).average().orElse(spot.order);
      }
      row.sort(Comparator.comparingDouble(spot -> spot.order));
      for (int place = 0; place < row.size(); place++) {
        row.get(place).order = place;
      }
    }
  }

  private void spread() {
    for (List<Spot> row : rows) {
      settle(row, new double[row.size()]);
    }
    for (int sweep = 0; sweep < 2 * SWEEPS; sweep++) {
      boolean down = sweep % 2 == 0;
      for (int i = 0; i < rows.size(); i++) {
        List<Spot> row = rows.get(down ? i : rows.size() - 1 - i);
        double[] wanted = new double[row.size()];
        for (int k = 0; k < wanted.length; k++) {
          Spot spot = row.get(k);
          List<Spot> near = down ? spot.above : spot.below;
          wanted[k] = near.stream().mapToDouble(n -> n.x).average().orElse(spot.x);
        }
        settle(row, wanted);
      }
    }
  }

  /** Puts a row as near to {@code wanted} as the widths allow: pool adjacent violators. */
  private static void settle(List<Spot> row, double[] wanted) {
    int n = row.size();
    double[] offset = new double[n];
    for (int i = 1; i < n; i++) {
      double widths = (row.get(i - 1).width + row.get(i).width) / 2;
      offset[i] = offset[i - 1] + widths + GAP;
    }
    double[] mean = new double[n];
    double[] weight = new double[n];
    int[] end = new int[n];
    int blocks = 0;
    for (int i = 0; i < n; i++) {
      mean[blocks] = wanted[i] - offset[i];
      weight[blocks] = row.get(i).weight();
      end[blocks++] = i;
      while (blocks > 1 && mean[blocks - 2] > mean[blocks - 1]) {
        double both = weight[blocks - 2] + weight[blocks - 1];
        mean[blocks - 2] =
            (mean[blocks - 2] * weight[blocks - 2] + mean[blocks - 1] * weight[blocks - 1]) / both;
        weight[blocks - 2] = both;
        end[blocks - 2] = i;
        blocks--;
      }
    }
    for (int i = 0, block = 0; i < n; i++) {
      block += i > end[block] ? 1 : 0;
      row.get(i).x = mean[block] + offset[i];
    }
  }

  private void stack() {
    double left =
        rows.stream().flatMap(List::stream).mapToDouble(s -> s.x - s.width / 2).min().orElse(0);
    double y = 0;
    for (List<Spot> row : rows) {
      double height = row.stream().mapToDouble(s -> s.height).max().orElse(0);
      for (Spot spot : row) {
        spot.x -= left;
        spot.y = y + (height - spot.height) / 2;
      }
      y += height + ROW_GAP;
    }
  }

  /** The size of node {@code index}. */
  Box box(int index) {
    return new Box(nodes.get(index).width, nodes.get(index).height);
  }

  /** The middle of the upper edge of node {@code index}. */
  double[] at(int index) {
    return new double[] {nodes.get(index).x, nodes.get(index).y};
  }

  /** The points edge {@code index} passes, from the foot of one node to the head of the other. */
  double[][] way(int index) {
    List<Spot> way = ways.get(index);
    double[][] points = new double[way.size()][];
    for (int i = 0; i < points.length; i++) {
      Spot spot = way.get(i);
      points[i] = new double[] {spot.x, spot.y + (i == 0 ? spot.height : 0)};
    }
    return points;
  }

  double width() {
    return rows.stream().flatMap(List::stream).mapToDouble(s -> s.x + s.width / 2).max().orElse(0);
  }

  double height() {
    return rows.stream().flatMap(List::stream).mapToDouble(s -> s.y + s.height).max().orElse(0);
  }
}
