package dev.graft.data;

import dev.graft.layers.Spec;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Tensor;

/** A data set with its preparation: columns that make tensors of any of its rows. */
final class Prepared implements Examples {
  private final Dataset data;
  private final Labels labels;
  private final List<Feed> feeds = new ArrayList<>();

  Prepared(Dataset data, Preparation how, Settings settings) {
    this.data = data;
    this.labels = how.labels();
    try {
      for (Dataset.Input input : data.inputs()) {
        feeds.add(Feed.of(input.column(), how, settings));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public int size() {
    return data.size();
  }

  @Override
  public List<Field> inputs() {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < feeds.size(); i++) {
      fields.add(new Field(data.inputs().get(i).name(), feeds.get(i).spec()));
    }
    return fields;
  }

  @Override
  public List<Field> targets() {
    return data.targets().stream()
        .map(t -> new Field(t.name(), Spec.floats(-1, width(t.target()))))
        .toList();
  }

  private int width(Target target) {
    return target instanceof Target.Values values
        ? values.width()
        : labels == Labels.CATEGORICAL ? data.classes().size() : 1;
  }

  @Override
  public List<String> classes() {
    return data.classes();
  }

  @Override
  public String name(int row) {
    return data.name(row);
  }

  @Override
  public int label(int row) {
    return data.label(row);
  }

  @Override
  public String identity(int row) {
    StringBuilder text = new StringBuilder();
    for (Feed feed : feeds) {
      text.append(feed.identity(data.rows()[row]));
    }
    return text.toString();
  }

  @Override
  public boolean augmented() {
    return false;
  }

  @Override
  public Batch batch(int[] rows, long draw) {
    int[] stored = stored(rows);
    List<Tensor> inputs = new ArrayList<>();
    try {
      for (Feed feed : feeds) {
        inputs.add(feed.batch(stored));
      }
      return new Batch(rows.clone(), inputs, targets(rows));
    } catch (RuntimeException e) {
      inputs.forEach(Tensor::close);
      throw e;
    }
  }

  @Override
  public List<Tensor> targets(int[] rows) {
    int[] stored = stored(rows);
    return data.targets().stream().map(output -> encode(output.target(), stored)).toList();
  }

  private int[] stored(int[] rows) {
    return Arrays.stream(rows).map(row -> data.rows()[row]).toArray();
  }

  private Tensor encode(Target target, int[] stored) {
    int width = width(target);
    float[] values = new float[stored.length * width];
    for (int i = 0; i < stored.length; i++) {
      if (target instanceof Target.Values v) {
        System.arraycopy(v.values(), stored[i] * width, values, i * width, width);
      } else if (target instanceof Target.Classes c) {
        int index = c.index()[stored[i]];
        if (labels == Labels.CATEGORICAL) {
          values[i * width + index] = 1;
        } else {
          values[i] = index;
        }
      }
    }
    return Tensors.floats(values, stored.length, width);
  }

  @Override
  public void close() {
    feeds.forEach(Feed::close);
  }
}
