package org.dsm4j;

/**
 * Shared memory that is freed as a whole: what a thread makes between {@link #enter} and the close
 * of the scope lies in the region, and {@link #free} gives all of it back on all nodes.
 *
 * <pre>{@code
 * SharedRegion frame = Dsm.region("frame");
 * try (SharedRegion.Scope scope = frame.enter()) {
 *   scene = new Scene(bodies); // and whatever its constructor makes
 * }
 * ...
 * frame.free();
 * }</pre>
 *
 * <p>In the region lie: shared instances, shared arrays (also those of {@link Dsm#share}, {@code
 * clone} and {@code copyOf}), and the blocks of longer strings and boxed values that are stored
 * into shared memory in the scope, wherever they are stored. Not: static fields, {@link
 * Dsm#allocate} memory, {@code java.util.concurrent} objects, enum constants and classes, and what
 * the static initializer of a class with shared effects makes.
 *
 * <p>One region of a name exists in the cluster at a time. Thread-safe; any number of threads on
 * any nodes may be in scopes of one region at once.
 */
public interface SharedRegion {
  /** Its name. */
  String name();

  /**
   * From now on, what the calling thread makes in shared memory comes from this region, until the
   * scope is closed. Scopes nest: the innermost counts. A thread that ends, ends its scopes.
   *
   * @throws IllegalStateException if the region was freed
   */
  Scope enter();

  /**
   * Gives back all that lies in the region, for all nodes, once; returns when every node refuses
   * its use. Any later use of anything in it, on any node, throws {@link IllegalStateException}, as
   * does {@link #enter}; so does what a thread that is in a scope of it then makes. The name may be
   * opened again, as a fresh region.
   *
   * @throws IllegalStateException if it was freed already, by whichever node
   */
  void free();

  /** Whether it was freed, as far as this node knows. */
  boolean isFreed();

  /**
   * Bytes that this node has set aside for what its threads made in the region; whole pages, so a
   * little more than what they asked for. 0 when freed.
   */
  long bytes();

  /** A thread's stay in a region. */
  interface Scope extends AutoCloseable {
    /** The region. */
    SharedRegion region();

    /**
     * Back to where the thread allocated before. Closing twice does nothing.
     *
     * @throws IllegalStateException if another thread entered it, or a scope that was entered later
     *     is still open
     */
    @Override
    void close();
  }
}
