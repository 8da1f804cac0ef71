package org.dsm4j.internal;

/**
 * What every instance of a shared class is: the rewriting adds this interface to it. Its fields are
 * in shared memory, after a {@link Headers header} of kind {@link Kinds#INSTANCE}.
 */
public interface SharedInstance {
  /**
   * Where it lies.
   *
   * @throws IllegalStateException if it was freed
   */
  long dsm$address();
}
