package dev.graft.files;

import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Link;
import io.jhdf.api.Node;
import io.jhdf.links.SoftLink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A group of an {@link Hdf5File}: named groups and datasets, and attributes. */
public final class Hdf5Group {
  private static final int DEEPEST = 64;
  private static final int MOST_SOFT_LINKS = 16;
  private static final int MOST_OBJECTS = 1_000_000;

  private final Hdf5Source source;
  private final Group group;
  private final String path;
  private final HdfFile file;

  Hdf5Group(Hdf5Source source, Group group, String path, HdfFile file) {
    this.source = source;
    this.group = group;
    this.path = path;
    this.file = file;
  }

  /** The path from the root, such as {@code /model_weights/dense}; the root's is {@code /}. */
  public String path() {
    return path;
  }

  /** The last part of the path; empty for the root. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  public Hdf5Attributes attributes() {
    return new Hdf5Attributes(source, group, "group '" + path + "'");
  }

  /**
   * The names of all children: in the order they were made where the file keeps it, else in the
   * order of their names.
   */
  public List<String> names() {
    return source.read(place(), () -> Hdf5Links.names(file, group));
  }

  /** Names and groups of the children that are groups, in the order of {@link #names()}. */
  public Map<String, Hdf5Group> groups() {
    Map<String, Hdf5Group> found = new LinkedHashMap<>();
    for (String name : names()) {
      if (node(name) instanceof Group child) {
        found.put(name, group(name, child));
      }
    }
    return found;
  }

  /** Names and datasets of the children that are datasets, in the order of {@link #names()}. */
  public Map<String, Hdf5Dataset> datasets() {
    Map<String, Hdf5Dataset> found = new LinkedHashMap<>();
    for (String name : names()) {
      if (node(name) instanceof Dataset child) {
        found.put(name, dataset(name, child));
      }
    }
    return found;
  }

  /** The group at {@code relative}, such as {@code a/b}, if there is one. */
  public Optional<Hdf5Group> findGroup(String relative) {
    return node(relative) instanceof Group child
        ? Optional.of(group(relative, child))
        : Optional.empty();
  }

  /** The dataset at {@code relative}, such as {@code a/kernel:0}, if there is one. */
  public Optional<Hdf5Dataset> findDataset(String relative) {
    return node(relative) instanceof Dataset child
        ? Optional.of(dataset(relative, child))
        : Optional.empty();
  }

  /**
   * The group at {@code relative}.
   *
   * @throws MalformedFileException when there is none
   */
  public Hdf5Group group(String relative) {
    return findGroup(relative).orElseThrow(() -> missing("group", relative));
  }

  /**
   * The dataset at {@code relative}.
   *
   * @throws MalformedFileException when there is none
   */
  public Hdf5Dataset dataset(String relative) {
    return findDataset(relative).orElseThrow(() -> missing("dataset", relative));
  }

  /**
   * Gives every dataset in and below this group to {@code visitor}, depth first.
   *
   * @throws MalformedFileException when a group lies inside itself, or the groups hold more than a
   *     million objects
   */
  public void walk(Consumer<Hdf5Dataset> visitor) {
    walk(new ArrayList<>(), new int[1], visitor);
  }

  private void walk(List<Long> above, int[] seen, Consumer<Hdf5Dataset> visitor) {
    long address = source.read(place(), group::getAddress);
    if (above.contains(address)) {
      throw source.damaged(place(), "the group lies inside itself");
    }
    above.add(address);
    for (String name : names()) {
      if (++seen[0] > MOST_OBJECTS) {
        throw source.damaged(place(), "its groups hold over " + MOST_OBJECTS + " objects");
      }
      Node child = node(name);
      if (child instanceof Group inner) {
        group(name, inner).walk(above, seen, visitor);
      } else if (child instanceof Dataset inner) {
        visitor.accept(dataset(name, inner));
      }
    }
    above.remove(above.size() - 1);
  }

  /** The error that something in this group is wrong; names the file and the group. */
  public MalformedFileException damaged(String reason) {
    return source.damaged(place(), reason);
  }

  private MalformedFileException missing(String kind, String relative) {
    return new MalformedFileException(
        source.where("expected a " + kind + " '" + join(relative) + "'")
            + ", found "
            + (node(relative) == null ? "none" : "something else")
            + ". The group holds "
            + names().stream().limit(20).toList()
            + ".");
  }

  private Hdf5Group group(String relative, Group child) {
    return new Hdf5Group(source, child, join(relative), file);
  }

  private Hdf5Dataset dataset(String relative, Dataset child) {
    return new Hdf5Dataset(source, child, join(relative));
  }

  private String join(String relative) {
    String joined = path.endsWith("/") ? path + relative : path + "/" + relative;
    if (joined.chars().filter(c -> c == '/').count() > DEEPEST) {
      throw source.damaged("'" + joined + "'", "groups lie in groups over " + DEEPEST + " deep");
    }
    return joined;
  }

  private String place() {
    return "group '" + path + "'";
  }

  /** What lies at {@code relative}, with soft links followed, or null. */
  private Node node(String relative) {
    return source.read(place(), () -> resolve(group, relative, MOST_SOFT_LINKS));
  }

  private Node resolve(Group from, String relative, int linksLeft) {
    Node node = from;
    for (String part : relative.split("/", -1)) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (!(node instanceof Group inner)) {
        return null;
      }
      node = inner.getChildren().get(part);
      if (node instanceof Link link) {
        node = follow(inner, link, linksLeft);
      }
    }
    return node;
  }

  /** jhdf would open whatever file a link names; so links are followed here, and only inside. */
  private Node follow(Group holder, Link link, int linksLeft) {
    if (!(link instanceof SoftLink)) {
      throw new UnsupportedException(
          source.where("'" + link.getName() + "' in " + place())
              + " is a link to another file, which Graft does not follow. Copy the data into one"
              + " file.");
    }
    if (linksLeft == 0) {
      throw source.damaged("link '" + link.getName() + "'", "it leads to links without an end");
    }
    String target = link.getTargetPath();
    return resolve(target.startsWith("/") ? file : holder, target, linksLeft - 1);
  }
}
