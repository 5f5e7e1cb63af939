package dev.graft.spark;

import dev.graft.recipe.PhotoRows;
import dev.graft.recipe.Predictor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of one partition with what the model makes of them, a batch in memory at a time. */
final class TransferredRows implements Iterator<Row> {
  private final PhotoRows model;
  private final Iterator<Row> rows;
  private final int called;
  private final boolean predicts;
  private final Deque<Row> ready = new ArrayDeque<>();

  /**
   * Opens the model unless this JVM has it open.
   *
   * @param rows whose last column has the image files
   * @param called the column that images go by in errors
   */
  TransferredRows(ModelFile file, Iterator<Row> rows, int called, boolean predicts) {
    this.model = file.open();
    this.rows = rows;
    this.called = called;
    this.predicts = predicts;
  }

  @Override
  public boolean hasNext() {
    return !ready.isEmpty() || rows.hasNext();
  }

  @Override
  public Row next() {
    if (ready.isEmpty()) {
      fill();
    }
    return ready.remove();
  }

  private void fill() {
    List<Row> batch = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<byte[]> files = new ArrayList<>();
    while (batch.size() < model.batch() && rows.hasNext()) {
      Row row = rows.next();
      batch.add(row);
      names.add(row.size() > 1 ? String.valueOf(row.get(called)) : "image");
      files.add((byte[]) row.get(row.size() - 1));
    }
    List<PhotoRows.Outcome> outcomes = model.of(names, files);
    for (int i = 0; i < batch.size(); i++) {
      ready.add(row(batch.get(i), outcomes.get(i)));
    }
  }

  private Row row(Row came, PhotoRows.Outcome outcome) {
    int kept = came.size() - 1;
    Object[] values = new Object[kept + (predicts ? 3 : 2)];
    for (int i = 0; i < kept; i++) {
      values[i] = came.get(i);
    }
    values[values.length - 1] = outcome.error();
    if (outcome.error() == null && predicts) {
      Predictor.Guess surest = model.guesses(outcome.values()).get(0);
      values[kept] = surest.name();
      values[kept + 1] = surest.probability();
    } else if (outcome.error() == null) {
      values[kept] = outcome.values();
    }
    return RowFactory.create(values);
  }
}
