package dev.graft.recipe;

import dev.graft.config.Json;
import dev.graft.data.Context;
import dev.graft.data.Dataset;
import dev.graft.data.Examples;
import dev.graft.data.Preparation;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.error.StoppedException;
import dev.graft.files.Sha256;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import dev.graft.train.FeatureKey;
import dev.graft.train.FeatureRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What a network's first output is for every example of a data set, row by row: in one go, or in
 * shards that are joined later. Both give the same bytes.
 */
public final class RowWork {
  private final Network network;
  private final Dataset data;
  private final Preparation how;
  private final boolean skipBad;
  private final Surroundings around;
  private final boolean filled;

  /**
   * Work that has not begun.
   *
   * @param skipBad leaves images out that cannot be decoded, and says so
   */
  public RowWork(
      Network network, Dataset data, Preparation how, boolean skipBad, Surroundings around) {
    this.network = network;
    this.data = data;
    this.how = how;
    this.skipBad = skipBad;
    this.around = around;
    this.filled = false;
  }

  private RowWork(RowWork other, boolean filled) {
    this.network = other.network;
    this.data = other.data;
    this.how = other.how;
    this.skipBad = other.skipBad;
    this.around = other.around;
    this.filled = filled;
  }

  /**
   * The same with rows that do not depend on how many examples there are: an example that would go
   * through the network with fewer others than usual, which can change last bits, has them replaced
   * by itself. This costs up to one batch.
   */
  public RowWork filled() {
    boolean alone = how.image() != null && how.image().decode() == Preprocessing.Decode.NONE;
    // A model that decodes image files takes one after the other anyway.
    return new RowWork(this, !alone);
  }

  /**
   * How much was done how fast.
   *
   * @param rows how many
   * @param seconds from the first to the last, without checking images before and finishing the
   *     file
   */
  public record Done(int rows, double seconds) {}

  /** Does all of it and writes {@code out}: {@code .npy}, {@code .csv} or {@code .h5}. */
  public Done write(Path out) {
    RowFiles.kind(out);
    long[] began = new long[1];
    long[] ended = new long[1];
    int[] rows = new int[1];
    stoppable(
        "nothing was written. With --shard I/N the work is done in parts, which are kept",
        () ->
            compute(
                Shard.WHOLE,
                table -> {
                  began[0] = System.nanoTime();
                  ended[0] = began[0];
                  rows[0] = table.size();
                  RowFiles.write(
                      out,
                      table.with(
                          () -> {
                            float[] row = table.rows().next();
                            ended[0] = System.nanoTime();
                            return row;
                          }));
                }));
    return new Done(rows[0], (ended[0] - began[0]) / 1e9);
  }

  /** Does all of it and gives each row with its name to {@code use}. */
  public void each(BiConsumer<String, float[]> use) {
    compute(Shard.WHOLE, table -> give(table, use));
  }

  /**
   * Does one shard and writes its part, unless that is there.
   *
   * @return the folder of the parts
   */
  public Path shard(Path out, Shard shard) {
    ShardParts parts = new ShardParts(out);
    String origin = origin();
    String name = "shard " + shard.index() + "/" + shard.count();
    if (parts.has(shard, origin)) {
      say(name + ": is there already.");
    } else {
      stoppable(
          "of this shard nothing was written; the others' parts stay",
          () -> compute(shard, table -> parts.write(shard, origin, table)));
    }
    return parts.folder();
  }

  /** Does {@code work}; when the user ends it, says what that leaves. */
  private static void stoppable(String left, Runnable work) {
    try {
      work.run();
    } catch (StoppedException e) {
      throw new StoppedException(e.getMessage().replaceFirst("\\.$", "; " + left + "."));
    }
  }

  /** Joins the parts of all shards to {@code out}. */
  public void merge(Path out) {
    RowFiles.kind(out);
    try (ShardParts.Joined joined = ShardParts.joined(new ShardParts(out).all(origin()))) {
      RowFiles.write(out, joined.table());
    }
  }

  /** Joins the parts of all shards, and gives each row with its name to {@code use}. */
  public void merge(Path out, BiConsumer<String, float[]> use) {
    try (ShardParts.Joined joined = ShardParts.joined(new ShardParts(out).all(origin()))) {
      give(joined.table(), use);
    }
  }

  private static void give(RowTable table, BiConsumer<String, float[]> use) {
    for (int row = 0; row < table.size(); row++) {
      use.accept(table.files().get(row), table.rows().next());
    }
  }

  /** A hash of everything that decides the rows. */
  private String origin() {
    StringBuilder text = new StringBuilder(filled ? "graft rows 2\n" : "graft rows 1\n");
    text.append(FeatureKey.of(network, network.model().outputs(), "")).append('\n');
    text.append(how.image() == null ? "arrays" : Json.compact(how.image().config())).append('\n');
    text.append(around.settings().precision()).append(skipBad ? " skip-bad\n" : "\n");
    for (int row = 0; row < data.size(); row++) {
      text.append(data.name(row)).append('\t').append(data.labelText(row));
      Path file = data.file(row);
      if (file != null) {
        text.append('\t').append(size(file));
      }
      text.append('\n');
    }
    return Sha256.of(text.toString());
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Use {
    void accept(RowTable table);
  }

  private void compute(Shard shard, Use use) {
    long[] all = sized(network).shape().asArray();
    long[] shape = Arrays.copyOfRange(all, 1, all.length);
    int batch = batch();
    int from = shard.from(data.size(), batch);
    int to = shard.to(data.size(), batch);
    if (from == to) {
      use.accept(new RowTable(shape, List.of(), List.of(), () -> null));
      return;
    }
    Progress progress = around.progress().until(around.interrupted());
    Context context = Context.training(Path.of("").toAbsolutePath(), around.places(), progress);
    Dataset good = data.range(from, to).checked(how, skipBad, around.settings(), context);
    try (Examples examples = good.prepare(how, around.settings());
        Rows rows = new Rows(examples, groups(good, from, to))) {
      List<String> names = new ArrayList<>();
      List<String> labels = new ArrayList<>();
      for (int row = 0; row < good.size(); row++) {
        names.add(good.name(row));
        labels.add(good.labelText(row));
      }
      String unit = good.file(0) == null ? "examples" : "images";
      progress.on(new Progress.PhaseStarted("rows", good.size(), unit));
      long[] done = {0};
      use.accept(
          new RowTable(
              shape,
              names,
              labels,
              () -> {
                float[] row = rows.next();
                progress.on(new Progress.Advanced(++done[0], Map.of()));
                return row;
              }));
      progress.on(new Progress.PhaseEnded());
    }
  }

  /**
   * What a network's first output is for a batch.
   *
   * @throws SettingException when its rows have no fixed size
   */
  static Spec sized(Network network) {
    Spec spec = network.model().specs().get(network.model().outputs().get(0));
    if (spec.perExample() < 0) {
      throw new SettingException(
          "layer '"
              + network.model().outputs().get(0).layer()
              + "' gives "
              + spec
              + ", rows of no fixed size. Choose a size with --size, or a later layer.");
    }
    return spec;
  }

  /** How many examples a run takes, told by one that is not decoded. */
  private int batch() {
    try (Examples one = data.range(0, 1).prepare(how, around.settings())) {
      return FeatureRun.size(one);
    }
  }

  /**
   * The batches of the whole work that lie in a shard, less what cannot be read: an example has the
   * same companions however the work is parted.
   */
  private List<int[]> groups(Dataset good, int from, int to) {
    int batch = batch();
    Map<Integer, Integer> places = new HashMap<>();
    for (int row = from; row < to; row++) {
      places.put(data.rows()[row], row);
    }
    Map<Integer, List<Integer>> groups = new TreeMap<>();
    for (int row = 0; row < good.size(); row++) {
      int number = places.get(good.rows()[row]) / batch;
      groups.computeIfAbsent(number, k -> new ArrayList<>()).add(row);
    }
    return groups.values().stream()
        .map(rows -> rows.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  /** The rows of groups of examples, each group filled up if that is wanted. */
  private final class Rows implements AutoCloseable {
    private final List<int[]> groups;
    private final FeatureRun run;
    private final int size;
    private int group;
    private int given;

    Rows(Examples examples, List<int[]> groups) {
      this.groups = groups;
      this.size = FeatureRun.size(examples);
      List<int[]> whole = filled ? groups.stream().map(this::full).toList() : groups;
      this.run = new FeatureRun(network, path(), examples, whole, -1);
    }

    private int[] full(int[] rows) {
      int[] full = Arrays.copyOf(rows, size);
      Arrays.fill(full, rows.length, size, rows[rows.length - 1]);
      return full;
    }

    float[] next() {
      if (given == groups.get(group).length) {
        for (int filler = filled ? size - given : 0; filler > 0; filler--) {
          run.next();
        }
        group++;
        given = 0;
      }
      given++;
      return run.next();
    }

    @Override
    public void close() {
      run.close();
    }
  }

  /** To the first output alone. */
  private dev.graft.network.Path path() {
    return network.path(
        dev.graft.network.Path.Mode.INFERENCE,
        network.model().inputs(),
        List.of(network.model().outputs().get(0)));
  }

  private void say(String text) {
    around.progress().on(new Progress.Message(text));
  }
}
