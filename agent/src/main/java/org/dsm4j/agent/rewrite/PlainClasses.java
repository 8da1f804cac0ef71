package org.dsm4j.agent.rewrite;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Finds the classes that are surely tied to nothing shared, which nearly all are, from a {@link
 * ClassScan} of them and of the few that they depend on. What is not found here is decided by
 * {@link ClassLookup}. Keeps little: a list of names of each class until it is decided, then
 * nothing but that. Thread-safe.
 */
final class PlainClasses {
  private final Function<String, byte[]> files;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** What is known of a class that is not decided. */
  private static final class Known {
    /** A class that is tied to nothing shared. */
    static final Known PLAIN = new Known(false, List.of(), List.of(), List.of());

    /** A class of which there is no file, or none that can be read. */
    static final Known HIDDEN = new Known(false, List.of(), List.of(), List.of());

    final boolean shared;
    final List<String> parents;

    /** Without the parents. */
    final List<String> ties;

    final List<String> fieldOwners;

    /** Whether it was found that neither it nor what it inherits from mentions anything shared. */
    boolean ofPlainFamily;

    Known(boolean shared, List<String> parents, List<String> ties, List<String> fieldOwners) {
      this.shared = shared;
      this.parents = parents;
      this.ties = ties;
      this.fieldOwners = fieldOwners;
    }

    static Known of(ClassScan scan) {
      if (scan == null) {
        return new Known(true, List.of(), List.of(), List.of());
      }
      return new Known(scan.mentionsShared(), scan.parents(), scan.ties(), scan.fieldOwners());
    }
  }

  /**
   * @param files gives the file of a class by its internal name, or null
   */
  PlainClasses(Function<String, byte[]> files) {
    this.files = files;
  }

  /**
   * Tells of a class that is being defined, whose bytes may not be what the resource has; whether
   * it is surely tied to nothing shared.
   *
   * @param own what was found in the very bytes that the JVM gets; null if they could not be read
   */
  boolean define(String name, ClassScan own) {
    Known found = Known.of(own);
    if (isPlain(name, found)) {
      return true;
    }
    known.put(name, found);
    return false;
  }

  /** Whether a class is surely tied to nothing shared. */
  boolean isPlain(String name) {
    return isPlain(name, find(name));
  }

  /**
   * Whether another class was decided on the assumption that this one, which mentions something
   * shared, does not.
   */
  boolean wasTakenForPlain(String name) {
    Known found = known.get(name);
    return found != null && !found.shared;
  }

  private boolean isPlain(String name, Known start) {
    if (start == Known.PLAIN) {
      return true;
    }
    Set<String> seen = new HashSet<>();
    Deque<String> left = new ArrayDeque<>();
    seen.add(name);
    for (Known at = start; at != null; at = left.isEmpty() ? null : find(left.remove())) {
      if (at.shared) {
        return false;
      }
      for (String owner : at.fieldOwners) {
        if (isOfSharedFamily(owner)) {
          return false;
        }
      }
      addUndecided(at.parents, seen, left);
      addUndecided(at.ties, seen, left);
    }
    for (String each : seen) {
      known.put(each, Known.PLAIN);
    }
    return true;
  }

  private void addUndecided(List<String> names, Set<String> seen, Deque<String> left) {
    for (String each : names) {
      if (known.get(each) != Known.PLAIN && seen.add(each)) {
        left.add(each);
      }
    }
  }

  /** Whether a class, or one that it inherits from, mentions something shared. */
  private boolean isOfSharedFamily(String name) {
    Known found = find(name);
    if (found.shared) {
      return true;
    }
    if (!found.ofPlainFamily) {
      for (String parent : found.parents) {
        if (isOfSharedFamily(parent)) {
          return true;
        }
      }
      found.ofPlainFamily = true;
    }
    return false;
  }

  private Known find(String name) {
    Known found = known.get(name);
    if (found == null) {
      byte[] file = files.apply(name);
      found = file == null ? Known.HIDDEN : Known.of(ClassScan.of(file));
      Known other = known.putIfAbsent(name, found);
      found = other == null ? found : other;
    }
    return found;
  }
}
