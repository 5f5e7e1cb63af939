package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's StackedRNNCells: each cell's output is the next one's input. */
record StackedCells(List<Cell> cells) implements Cell {
  StackedCells {
    cells = List.copyOf(cells);
  }

  /** The cell object under {@code key}. */
  static Cell read(Config c, String key) {
    return cell(c.get(key));
  }

  private static Cell cell(Config object) {
    Config.Named named = object.named();
    Config c = named.config();
    c.ignore("name", "trainable", "dtype", "build_config");
    return switch (named.className()) {
      case "SimpleRNNCell" -> SimpleCell.read(c);
      case "GRUCell" -> GruCell.read(c);
      case "LSTMCell" -> LstmCell.read(c);
      case "StackedRNNCells" ->
          new StackedCells(c.get("cells").items().stream().map(StackedCells::cell).toList());
      default ->
          throw new UnsupportedException(
              object.where()
                  + ": Graft has no recurrent cell '"
                  + named.className()
                  + "'. Known: SimpleRNNCell, GRUCell, LSTMCell, StackedRNNCells.");
    };
  }

  /** A cell as Keras's config has it. */
  static Map<String, Object> object(Cell cell) {
    return KerasObject.of("keras.layers", cell.className(), cell.config());
  }

  @Override
  public String className() {
    return "StackedRNNCells";
  }

  @Override
  public List<Slot> slots(Spec step) {
    List<Slot> slots = new ArrayList<>();
    Spec in = step;
    for (int i = 0; i < cells.size(); i++) {
      String prefix = "cells/" + i;
      cells.get(i).slots(in).forEach(slot -> slots.add(slot.under(prefix)));
      in = cells.get(i).output(in);
    }
    return slots;
  }

  @Override
  public Spec output(Spec step) {
    Spec out = step;
    for (Cell cell : cells) {
      out = cell.output(out);
    }
    return out;
  }

  @Override
  public List<Spec> states(Spec step) {
    List<Spec> states = new ArrayList<>();
    Spec in = step;
    for (Cell cell : cells) {
      states.addAll(cell.states(in));
      in = cell.output(in);
    }
    return states;
  }

  @Override
  public boolean random() {
    return cells.stream().anyMatch(Cell::random);
  }

  @Override
  public Run run(Scope scope, Spec step) {
    List<Run> runs = new ArrayList<>();
    List<Spec> inputs = new ArrayList<>();
    Spec in = step;
    for (int i = 0; i < cells.size(); i++) {
      // Eight random ops are the most that one cell has.
      Scope own = new Scope(scope.call(), scope.prefix() + "cells/" + i + "/", 8 * i);
      runs.add(cells.get(i).run(own, in));
      inputs.add(in);
      in = cells.get(i).output(in);
    }
    return new Run() {
      @Override
      public Operand<TFloat32> project(Operand<TFloat32> x, Spec steps) {
        return runs.get(0).project(x, steps);
      }

      @Override
      public List<Operand<TFloat32>> step(
          Operand<TFloat32> projected, List<Operand<TFloat32>> states) {
        Floats f = scope.floats();
        List<Operand<TFloat32>> next = new ArrayList<>();
        Operand<TFloat32> x = projected;
        int from = 0;
        for (int i = 0; i < runs.size(); i++) {
          if (i > 0) {
            Spec one = inputs.get(i);
            Spec steps = one.with(one.size(0), 1, one.size(1));
            x = f.squeeze(runs.get(i).project(f.expand(x, 1), steps), 1);
          }
          int count = cells.get(i).states(inputs.get(i)).size();
          List<Operand<TFloat32>> result = runs.get(i).step(x, states.subList(from, from + count));
          x = result.get(0);
          next.addAll(result.subList(1, result.size()));
          from += count;
        }
        next.add(0, x);
        return next;
      }
    };
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("cells", cells.stream().map(StackedCells::object).toList());
  }
}
