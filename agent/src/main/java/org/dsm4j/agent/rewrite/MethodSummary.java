package org.dsm4j.agent.rewrite;

/**
 * What callers of a method may know of the arrays that it takes and returns. Arguments are counted
 * from 0, the receiver among them, and are bits of a set each.
 *
 * @param declaredBy the class whose method it is; null if its code is not known
 * @param only whether no other method may be called instead, which overrides it
 * @param fresh whether what it returns is null, or an array made by it, with all arrays in it, that
 *     nobody else knows
 * @param returned the arguments of which it may return, itself or a row of it
 * @param stored the arguments of which it may store, itself or a row of it, in a shared place
 * @param leaked the arguments that somebody else may know afterwards
 */
record MethodSummary(
    String declaredBy, boolean only, boolean fresh, long returned, long stored, long leaked) {
  /** Every argument. */
  static final long ALL = -1;

  /** Of a method whose code is not known. */
  static final MethodSummary UNKNOWN = new MethodSummary(null, false, false, 0, 0, ALL);

  /** Whether what a call returns is fresh, whatever object it is called on. */
  boolean alwaysFresh() {
    return fresh && only;
  }

  boolean mayReturn(int argument) {
    return argument >= Long.SIZE || has(returned, argument);
  }

  boolean mayStore(int argument) {
    return has(stored, argument);
  }

  boolean mayLeak(int argument) {
    return argument >= Long.SIZE || has(leaked, argument);
  }

  private static boolean has(long set, int argument) {
    return argument < Long.SIZE && (set >> argument & 1) != 0;
  }
}
