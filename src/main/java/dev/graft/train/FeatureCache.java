package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.error.SettingException;
import dev.graft.error.StoppedException;
import dev.graft.files.AtomicFiles;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.network.FrozenPart;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the frozen part of a network makes of examples, computed once and used by every stage whose
 * frozen part is the same: cut at the same tensors, with the same weights before them. On disk it
 * outlives the process.
 *
 * <p>Not thread-safe. Closing it frees what is kept in memory.
 */
public final class FeatureCache implements AutoCloseable {
  record Key(Examples examples, List<Ref> border, String weights, int copies) {}

  private final Path folder;
  private final boolean temporary;
  private final String conditions;
  private final Map<Key, KeptFeatures> kept = new HashMap<>();
  private long budget;
  private Trunk trunk;
  private String computed;

  private FeatureCache(Path folder, boolean temporary, String conditions, long budget) {
    this.folder = folder;
    this.temporary = temporary;
    this.conditions = conditions;
    this.budget = budget;
  }

  /** A cache that leaves nothing behind when it is closed. */
  public FeatureCache() {
    this(temporaryFolder(), true, "", Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * A cache that keeps what goes to disk.
   *
   * @param folder where; made when it is needed
   * @param conditions what else changes numbers, such as the precision: kept apart
   * @param budget bytes of memory that {@code "auto"} takes before it goes to disk
   */
  public FeatureCache(Path folder, String conditions, long budget) {
    this(folder, false, conditions, budget);
  }

  private static Path temporaryFolder() {
    String name = "graft-features-" + java.util.UUID.randomUUID();
    return Path.of(System.getProperty("java.io.tmpdir"), name);
  }

  /** The tensors at which {@code model} is cut, or its inputs when nothing can be kept. */
  static List<Ref> border(Model model, Examples examples, Stage.Cache where) {
    return keeps(model, examples, where) ? FrozenPart.border(model) : model.inputs();
  }

  /** Whether what the frozen part of {@code model} makes of {@code examples} is kept. */
  public static boolean keeps(Model model, Examples examples, Stage.Cache where) {
    return reason(model, examples, where) == null;
  }

  /**
   * Why nothing is kept, for the user who asked for it; null when something is.
   *
   * @throws SettingException when copies are asked for that cannot be made
   */
  static String reason(Model model, Examples examples, Stage.Cache where) {
    if (where.place() == Stage.Place.OFF) {
      return "cache is off";
    }
    if (!FrozenPart.worthKeeping(model)) {
      return "no layer is frozen from the input on, so there is nothing to keep";
    }
    if (!KeptFeatures.possible(model, FrozenPart.border(model))) {
      return "what the frozen part gives has no fixed size, so it is not kept";
    }
    if (where.copies() == 0) {
      return examples.augmented()
          ? "the training pictures are changed at random, so the frozen part runs in every step."
              + " \"cache\": {\"copies\": 4} keeps four changed copies of each instead"
          : null;
    }
    if (examples.mixed()) {
      throw new SettingException(
          "cache.copies: mixup and cutmix mix each batch anew, which cannot be kept. Remove"
              + " 'copies', or mixup and cutmix.");
    }
    if (!examples.augmented()) {
      throw new SettingException(
          "cache.copies: the training data has no 'augment', so all copies would be the same."
              + " Set cache to \"disk\", or add 'augment'.");
    }
    return null;
  }

  /** Why nothing is kept although the stage asks for it. */
  static Optional<String> unkept(Job job) {
    Stage.Cache cache = job.stage().cache();
    boolean asked = cache.place() != Stage.Place.AUTO || cache.copies() > 0;
    return asked && cache.place() != Stage.Place.OFF
        ? Optional.ofNullable(reason(job.network().model(), job.train(), cache))
        : Optional.empty();
  }

  /**
   * Examples to be asked for, and the way through the network from where they begin to its outputs.
   */
  public record View(Examples examples, dev.graft.network.Path path) {}

  /**
   * {@code examples}, which need not be those of {@code job}, as its frozen part leaves them, which
   * is computed if it was not yet; as they are where the stage keeps nothing of its training data.
   */
  public View view(Job job, Examples examples) {
    List<Ref> border = border(job.network().model(), job.train(), job.stage().cache());
    return view(job.network(), border, of(job, border, List.of(examples)).get(0));
  }

  private static View view(Network network, List<Ref> from, Examples examples) {
    return new View(
        examples,
        network.path(dev.graft.network.Path.Mode.INFERENCE, from, network.model().outputs()));
  }

  /**
   * The training and, if there are some, the validation data of {@code job}, as the other method.
   */
  List<Examples> of(Job job, List<Ref> border) {
    List<Examples> all =
        job.validation() == null ? List.of(job.train()) : List.of(job.train(), job.validation());
    return of(job, border, all);
  }

  /**
   * Each of {@code all} with the tensors {@code border} as their inputs, in their order; they
   * themselves when those are the inputs of the network.
   */
  List<Examples> of(Job job, List<Ref> border, List<Examples> all) {
    if (border.equals(job.network().model().inputs())) {
      return all;
    }
    String weights = FeatureKey.of(job.network(), border, conditions);
    List<Examples> kept = new ArrayList<>();
    for (Examples examples : all) {
      kept.add(of(job, border, weights, examples));
    }
    return kept;
  }

  private Examples of(Job job, List<Ref> border, String weights, Examples examples) {
    Stage.Cache how = job.stage().cache();
    // Of what is changed at random and not learnt from, one copy: figures of epochs compare then.
    int most = examples.equals(job.train()) ? how.copies() : 1;
    int copies = examples.augmented() ? Math.max(1, Math.min(most, how.copies())) : 0;
    Stage.Cache own = how.withCopies(copies);
    Key key = new Key(examples, border, weights, own.copies());
    KeptFeatures features = kept.get(key);
    if (features == null) {
      features = compute(job, own, key);
      kept.put(key, features);
    }
    return features;
  }

  private KeptFeatures compute(Job job, Stage.Cache how, Key key) {
    List<Examples.Field> fields = KeptFeatures.fields(job.network().model(), key.border);
    int copies = Math.max(1, how.copies());
    long[] draws =
        IntStream.range(0, copies).mapToLong(c -> KeptFeatures.draw(how, job.seed(), c)).toArray();
    long bytes = 4 * KeptFeatures.length(fields) * key.examples.size() * copies;
    Path own = folder.resolve(key.weights.substring(0, 32));
    boolean disk =
        how.place() == Stage.Place.DISK
            || (how.place() == Stage.Place.AUTO && (bytes > budget || Files.isDirectory(own)));
    RowStore store;
    if (disk) {
      FeatureFolder filled =
          new Filling(job, key, draws, own, budget).run(() -> trunk(job.network(), key));
      budget -= filled.held();
      store = filled;
    } else {
      budget -= bytes;
      store = inMemory(job, key, draws);
    }
    return new KeptFeatures(key.examples, fields, copies, store);
  }

  private RowStore inMemory(Job job, Key key, long[] draws) {
    try {
      Progress progress = job.progress().until(job.alone());
      Trunk runs = trunk(job.network(), key);
      int length =
          Math.toIntExact(
              KeptFeatures.length(KeptFeatures.fields(runs.network().model(), key.border)));
      return KeptFeatures.inMemory(runs, length, key.examples, draws, progress);
    } catch (StoppedException e) {
      throw new StoppedException(
          "interrupted in the pass over the frozen layers, whose outputs were in memory only and"
              + " are lost (\"cache\": \"disk\" keeps them).");
    }
  }

  /** What computes features of {@code key}: the last one, where it is the same. */
  private Trunk trunk(Network network, Key key) {
    String wanted = key.border + " " + key.weights;
    if (trunk == null || !wanted.equals(computed)) {
      rest();
      trunk = Trunk.of(network, key.border);
      computed = wanted;
    }
    return trunk;
  }

  /** Frees what computing took; what was computed stays. */
  public void rest() {
    if (trunk != null) {
      trunk.close();
    }
    trunk = null;
  }

  /** What is kept for {@code network}, for as long as none of its weights changes. */
  public Lookup lookup(Network network) {
    return new Lookup(network);
  }

  /** Finds what was computed before; computes nothing. */
  public final class Lookup {
    private final Network network;
    private final List<Ref> border;
    private String weights;

    private Lookup(Network network) {
      this.network = network;
      this.border = FrozenPart.border(network.model());
    }

    /** The network whose frozen part is meant. */
    public Network network() {
      return network;
    }

    /** {@code examples} as the frozen part leaves them; null when that was not kept. */
    public Examples find(Examples examples) {
      List<Key> keys =
          kept.keySet().stream()
              .filter(key -> key.examples.equals(examples) && key.border.equals(border))
              .toList();
      if (keys.isEmpty()) {
        return null;
      }
      if (weights == null) {
        weights = FeatureKey.of(network, border, conditions);
      }
      return keys.stream()
          .filter(key -> key.weights.equals(weights))
          .map(kept::get)
          .findFirst()
          .orElse(null);
    }

    /** As {@link FeatureCache#view}: behind the frozen part if that was kept. */
    public View view(Examples examples) {
      Examples found = find(examples);
      return found == null
          ? FeatureCache.view(network, network.model().inputs(), examples)
          : FeatureCache.view(network, border, found);
    }
  }

  @Override
  public void close() {
    rest();
    kept.values().forEach(KeptFeatures::close);
    kept.clear();
    if (temporary) {
      try {
        AtomicFiles.delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
