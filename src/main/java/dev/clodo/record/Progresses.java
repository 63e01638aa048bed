package dev.clodo.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The progress of each step of a plan, by its place. Changing one gives a new value that shares all
 * but a path of small arrays with the old one, so that a run of many thousand steps costs each
 * entry of its journal the same.
 */
final class Progresses {
  /** Children of a node, as in Bagwell's tries; 2⁵, so that four levels hold a million steps. */
  private static final int BITS = 5;

  private static final int WIDTH = 1 << BITS;

  private final int size;
  private final int levels;
  private final Object[] root;

  private Progresses(int size, int levels, Object[] root) {
    this.size = size;
    this.levels = levels;
    this.root = root;
  }

  /** Nothing has been touched yet. */
  static Progresses untouched(int size) {
    var node = filled(new Progress.Untouched());
    int levels = 1;
    for (long room = WIDTH; room < size; room *= WIDTH) {
      node = filled(node);
      levels++;
    }
    return new Progresses(size, levels, node);
  }

  int size() {
    return size;
  }

  Progress get(int at) {
    Object node = root;
    for (int level = levels - 1; level >= 0; level--) {
      node = ((Object[]) node)[slot(at, level)];
    }
    return (Progress) node;
  }

  Progresses with(int at, Progress progress) {
    return new Progresses(size, levels, with(root, levels - 1, at, progress));
  }

  List<Progress> all() {
    var all = new ArrayList<Progress>(size);
    for (int at = 0; at < size; at++) {
      all.add(get(at));
    }
    return List.copyOf(all);
  }

  private static Object[] with(Object[] node, int level, int at, Progress progress) {
    var copy = node.clone();
    int slot = slot(at, level);
    copy[slot] = level == 0 ? progress : with((Object[]) node[slot], level - 1, at, progress);
    return copy;
  }

  private static int slot(int at, int level) {
    return (at >>> (level * BITS)) & (WIDTH - 1);
  }

  private static Object[] filled(Object child) {
    var node = new Object[WIDTH];
    Arrays.fill(node, child);
    return node;
  }
}
