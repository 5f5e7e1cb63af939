package dev.graft.files;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the links of a group: a local heap of names, symbol table nodes and a B-tree over them.
 *
 * <p>Source: HDF5 File Format Specification 3.0, sections III.A.1 (B-tree version 1), III.B (symbol
 * table node), III.C (symbol table entry), III.D (local heap), with the library's default K values.
 */
final class Hdf5SymbolTable {
  /** Half the entries of a symbol table node. */
  static final int LEAF_K = 4;

  /** Half the children of a B-tree node. */
  static final int INTERNAL_K = 16;

  private static final int NODE_ENTRIES = 2 * LEAF_K;
  private static final int TREE_CHILDREN = 2 * INTERNAL_K;
  private static final int TREE_BYTES = 24 + 8 * (TREE_CHILDREN + 1) + 8 * TREE_CHILDREN;
  private static final int ENTRY_BYTES = 40;

  private Hdf5SymbolTable() {}

  /** Where a group's B-tree and local heap stand. */
  record Place(long tree, long heap) {}

  /**
   * A link: its name, the object header it leads to, and, when that is a group, the group's own
   * table, which the library likes to find beside the link.
   */
  record Link(byte[] name, long header, Place group) {
    Link(String name, long header, Place group) {
      this(name.getBytes(StandardCharsets.UTF_8), header, group);
    }

    /** A symbol table entry. */
    void write(LittleEndian to, long nameOffset) {
      to.u64(nameOffset).u64(header);
      if (group == null) {
        to.u32(0).zeros(20);
      } else {
        to.u32(1).zeros(4).u64(group.tree()).u64(group.heap());
      }
    }
  }

  /** A node of the tree: where it stands, and the heap offset of its last name. */
  private record Child(long address, long lastName) {}

  /** Writes {@code links}, in whatever order they come, and says where. */
  static Place write(Hdf5Output output, List<Link> links) {
    List<Link> sorted = new ArrayList<>(links);
    sorted.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
    long[] offsets = new long[sorted.size()];
    long heap = heap(output, sorted, offsets);
    List<Child> level = leaves(output, sorted, offsets);
    int depth = 0;
    do {
      level = tree(output, level, depth++);
    } while (level.size() > 1);
    return new Place(level.get(0).address(), heap);
  }

  private static long heap(Hdf5Output output, List<Link> links, long[] offsets) {
    LittleEndian names = new LittleEndian().zeros(8); // the empty name, below all others
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = names.size();
      names.raw(links.get(i).name()).u8(0).align();
    }
    long header = output.next();
    return output.append(
        new LittleEndian()
            .letters("HEAP")
            .zeros(4)
            .u64(names.size())
            .u64(1) // no free block
            .u64(header + 32)
            .raw(names.toArray())
            .toArray());
  }

  private static List<Child> leaves(Hdf5Output output, List<Link> links, long[] offsets) {
    List<Child> leaves = new ArrayList<>();
    for (int from = 0; from < offsets.length; from += NODE_ENTRIES) {
      int to = Math.min(from + NODE_ENTRIES, offsets.length);
      LittleEndian node = new LittleEndian().letters("SNOD").u8(1).u8(0).u16(to - from);
      for (int i = from; i < to; i++) {
        links.get(i).write(node, offsets[i]);
      }
      node.zeros((NODE_ENTRIES - (to - from)) * ENTRY_BYTES);
      leaves.add(new Child(output.append(node.toArray()), offsets[to - 1]));
    }
    return leaves;
  }

  /** Writes the nodes that hold {@code children}, side by side; at least one. */
  private static List<Child> tree(Hdf5Output output, List<Child> children, int level) {
    int count = Math.max(1, (children.size() + TREE_CHILDREN - 1) / TREE_CHILDREN);
    long first = output.next();
    List<Child> nodes = new ArrayList<>();
    long leftName = 0;
    for (int i = 0; i < count; i++) {
      int from = i * TREE_CHILDREN;
      int to = Math.min(from + TREE_CHILDREN, children.size());
      long at = first + (long) i * TREE_BYTES;
      LittleEndian node =
          new LittleEndian()
              .letters("TREE")
              .u8(0)
              .u8(level)
              .u16(to - from)
              .u64(i == 0 ? LittleEndian.UNDEFINED : at - TREE_BYTES)
              .u64(i == count - 1 ? LittleEndian.UNDEFINED : at + TREE_BYTES)
              .u64(leftName);
      for (Child child : children.subList(from, to)) {
        leftName = child.lastName();
        node.u64(child.address()).u64(leftName);
      }
      output.append(node.zeros(TREE_BYTES - node.size()).toArray());
      nodes.add(new Child(at, leftName));
    }
    return nodes;
  }
}
