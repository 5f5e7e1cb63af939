package dev.graft.data;

import dev.graft.error.SettingException;
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
  private final Augmentation augmentation;
  private final Mixer mixer;
  private final List<Feed> feeds = new ArrayList<>();

  Prepared(Dataset data, Preparation how, Settings settings) {
    this.data = data;
    this.labels = how.labels() == null ? Labels.CATEGORICAL : how.labels();
    this.augmentation = how.augmentation();
    data.targets().forEach(output -> check(output.target()));
    boolean mixes = augmentation != null && augmentation.mix() != null;
    if (mixes && (labels == Labels.SPARSE || data.inputs().size() != 1)) {
      throw new SettingException(
          data.name()
              + ": mixup and cutmix need one input of pictures and one-hot labels. Take"
              + " categorical_crossentropy.");
    }
    mixer = mixes ? new Mixer(augmentation.mix(), settings) : null;
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
        .map(t -> new Field(t.name(), Spec.floats(dimensions(-1, t.target()))))
        .toList();
  }

  private void check(Target target) {
    if (!(target instanceof Target.Classes classes)) {
      return;
    }
    String count = data.name() + ": has " + classes.count() + " classes, ";
    if (labels == Labels.BINARY && classes.count() > 2) {
      throw new SettingException(
          count
              + "binary labels have two. Set \"labels\": \"categorical\", or keep two with"
              + " 'classes'.");
    }
    boolean named = data.classes().stream().anyMatch(name -> !name.matches("\\d+"));
    if (labels == Labels.REGRESSION && named) {
      throw new SettingException(
          count + "regression needs numbers. Take a loss for classes, or other labels.");
    }
  }

  private long[] dimensions(int size, Target target) {
    if (target instanceof Target.Values values) {
      return ArrayFeed.dimensions(size, values.shape());
    }
    int count = ((Target.Classes) target).count();
    return new long[] {size, wide() ? count : 1};
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
  public String fingerprint() {
    return Fingerprint.of(data);
  }

  @Override
  public String identity(int row, long draw) {
    String still = identity(row);
    return draw < 0 || augmentation == null
        ? still
        : still + " row " + data.rows()[row] + " draw " + draw + " " + augmentation.said();
  }

  @Override
  public boolean augmented() {
    return augmentation != null;
  }

  @Override
  public boolean mixed() {
    return mixer != null;
  }

  @Override
  public Batch batch(int[] rows, long draw) {
    int[] stored = stored(rows);
    List<Tensor> inputs = new ArrayList<>();
    try {
      for (Feed feed : feeds) {
        inputs.add(feed.batch(stored, draw));
      }
      List<Tensor> targets = targets(rows);
      return mixer == null || draw < 0
          ? new Batch(rows.clone(), inputs, targets)
          : mixed(new Batch(rows.clone(), inputs, targets), draw);
    } catch (RuntimeException e) {
      inputs.forEach(Tensor::close);
      throw e;
    }
  }

  private Batch mixed(Batch batch, long draw) {
    try (Tensor pictures = batch.inputs().get(0)) {
      int height = (int) pictures.shape().get(1);
      int width = (int) pictures.shape().get(2);
      Mixer.Draw drawn = mixer.draw(draw, batch.rows(), height, width);
      return new Batch(
          batch.rows(),
          List.of(mixer.pictures(pictures, drawn)),
          Mixer.targets(batch.targets(), drawn));
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

  /** True when a class becomes a row of zeros and a one. */
  private boolean wide() {
    return labels == Labels.CATEGORICAL || labels == Labels.MULTI_LABEL;
  }

  private Tensor encode(Target target, int[] stored) {
    long[] dimensions = dimensions(stored.length, target);
    int width = (int) (Arrays.stream(dimensions).reduce(1, Math::multiplyExact) / stored.length);
    float[] values = new float[stored.length * width];
    for (int i = 0; i < stored.length; i++) {
      if (target instanceof Target.Values v) {
        System.arraycopy(v.values(), stored[i] * width, values, i * width, width);
      } else if (target instanceof Target.Classes c) {
        int index = c.index()[stored[i]];
        if (wide()) {
          values[i * width + index] = 1;
        } else {
          values[i] = index;
        }
      }
    }
    return Tensors.floats(values, dimensions);
  }

  @Override
  public void close() {
    feeds.forEach(Feed::close);
    if (mixer != null) {
      mixer.close();
    }
  }
}
