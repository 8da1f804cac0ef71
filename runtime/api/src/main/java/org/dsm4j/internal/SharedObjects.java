package org.dsm4j.internal;

import org.dsm4j.NotShareableException;
import org.dsm4j.SharedMemory;

/** What {@link org.dsm4j.Dsm} does with shared arrays and instances. */
public final class SharedObjects {
  private SharedObjects() {}

  public static void free(Object shared) {
    throw new IllegalArgumentException("not a shared object: " + shared);
  }

  public static <T> T share(T array) {
    throw new NotShareableException("not an array");
  }

  public static int[] pageOwners(Object shared) {
    if (shared instanceof SharedMemory memory) {
      return Runtimes.current().pageOwners(memory.address(), memory.size());
    }
    throw new IllegalArgumentException("not shared: " + shared);
  }
}
