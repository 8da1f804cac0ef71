package org.dsm4j.internal;

import java.util.Objects;
import org.dsm4j.NotShareableException;
import org.dsm4j.SharedMemory;

/** What {@link org.dsm4j.Dsm} does with shared arrays and instances. */
public final class SharedObjects {
  private SharedObjects() {}

  /** See {@link org.dsm4j.Dsm#free(Object)}. */
  public static void free(Object shared) {
    Runtimes.current();
    if (shared instanceof SharedInstance instance) {
      Instances.free(instance);
    } else {
      SharedArrays.free(holder(shared));
    }
  }

  /** See {@link org.dsm4j.Dsm#share}. */
  @SuppressWarnings("unchecked")
  public static <T> T share(T array) {
    Runtimes.current();
    Objects.requireNonNull(array, "array");
    if (!array.getClass().isArray()) {
      throw new NotShareableException(
          "Dsm.share takes an array; a " + array.getClass().getTypeName() + " cannot be shared");
    }
    return (T) SharedArrays.copyOf(array);
  }

  /** See {@link org.dsm4j.Dsm#pageOwners}. */
  public static int[] pageOwners(Object shared) {
    DsmRuntime runtime = Runtimes.current();
    if (shared instanceof SharedMemory memory) {
      return runtime.pageOwners(memory.address(), memory.size());
    }
    if (shared instanceof SharedInstance instance) {
      return runtime.pageOwners(Instances.address(instance), instance.dsm$type().layout().bytes());
    }
    Object holder = holder(shared);
    long bytes =
        (long) Failures.checkLive(Tokens.length(holder)) << Kinds.shift(Tokens.kind(holder));
    return runtime.pageOwners(Tokens.address(holder), bytes);
  }

  /** Whether the object stands for an instance of a shared class. Cheap: asked for every store. */
  static boolean isInstance(Object object) {
    return object instanceof SharedInstance;
  }

  /**
   * The address of a shared instance that others may learn of from now on.
   *
   * @throws IllegalStateException if it was freed
   */
  static long addressOf(Object instance) {
    return Instances.publish((SharedInstance) instance);
  }

  /** This node's canonical object for the shared instance at an address whose header has come. */
  static Object at(long address) {
    return Instances.at(address);
  }

  private static Object holder(Object shared) {
    Object holder = Tokens.holder(shared);
    if (holder == null) {
      throw new IllegalArgumentException(
          "not a shared array or instance: "
              + (shared == null ? "null" : shared.getClass().getTypeName()));
    }
    return holder;
  }
}
