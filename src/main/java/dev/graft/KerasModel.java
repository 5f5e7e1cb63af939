package dev.graft;

import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.model.Summary;
import dev.graft.model.Surgery;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Keras network to train further: where it comes from, where it is cut, what is put on, what is
 * frozen. Immutable; every method gives another.
 *
 * <p>It is a recipe's {@code model} in Java, so a run made of it writes a recipe that repeats it.
 */
public final class KerasModel {
  private final Model kept;
  private final Map<String, Object> source;
  private final boolean application;
  private final List<Object> head;
  private final Object frozen;

  private KerasModel(
      Model kept,
      Map<String, Object> source,
      boolean application,
      List<Object> head,
      Object frozen) {
    this.kept = kept;
    this.source = source;
    this.application = application;
    this.head = head;
    this.frozen = frozen;
  }

  static KerasModel of(Path file, Model model) {
    return new KerasModel(
        model, Map.of("load", file.toAbsolutePath().toString()), false, null, null);
  }

  static KerasModel application(String name, Model whole) {
    return new KerasModel(
        whole, Map.of("application", name, "weights", "imagenet"), true, null, null);
  }

  /** What is kept of the network, without the new head. */
  public Model model() {
    return kept;
  }

  /** Keras's table of {@link #model}. */
  public Summary summary() {
    return Summary.of(kept);
  }

  /** The same network with its first values from another Keras file. */
  public KerasModel weights(Path file) {
    return with("weights", file.toAbsolutePath().toString());
  }

  /**
   * The same application for pictures of another size, in pixels.
   *
   * @throws SettingException when the network came from a file, whose input is fixed
   */
  public KerasModel input(int height, int width) {
    if (!application) {
      throw new SettingException(
          "input: the size of a network that came from a file is in the file. Resize the pictures"
              + " instead.");
    }
    return with("input", List.of(height, width, 3));
  }

  /**
   * The network up to a layer, whose output becomes the output.
   *
   * @param until the layer's name, or its index in Keras's {@code model.layers}; {@code "-2"} is
   *     {@code layers[:-1]}
   * @throws SettingException when there is no such layer
   */
  public KerasModel cut(String until) {
    if (head != null) {
      throw new SettingException("cut: the head is on already. Cut before you put it on.");
    }
    KerasModel cut = with("until", until.matches("-?\\d+") ? Integer.valueOf(until) : until);
    return new KerasModel(Surgery.cut(kept, until), cut.source, application, null, frozen);
  }

  /** The network with layers put on its output, one after the other; they start untrained. */
  public KerasModel head(HeadLayer... layers) {
    List<Object> recipe = Arrays.stream(layers).<Object>map(HeadLayer::recipe).toList();
    return new KerasModel(kept, source, application, recipe, frozen);
  }

  /**
   * The network with exactly these layers frozen in the first stage, unless that says otherwise.
   *
   * @param names of layers, globs ({@code block5_*}), or one of {@code trunk} (all that was there
   *     before the head), {@code all}, {@code none}
   */
  public KerasModel freeze(String... names) {
    Object what = names.length == 1 ? names[0] : List.of(names);
    return new KerasModel(kept, source, application, head, what);
  }

  private KerasModel with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(source);
    changed.put(key, value);
    return new KerasModel(kept, changed, application, head, frozen);
  }

  /** As a recipe's {@code model}. */
  Map<String, Object> recipe() {
    Map<String, Object> recipe = new LinkedHashMap<>();
    if (application) {
      recipe.put("trunk", source);
    } else {
      recipe.putAll(source);
    }
    if (head != null) {
      recipe.put("head", head);
    }
    return recipe;
  }

  /** What {@link #freeze} was told, in a recipe's form, or null. */
  Object frozen() {
    return frozen;
  }
}
