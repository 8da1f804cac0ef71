package org.dsm4j.internal;

/**
 * What every shared class implements: its instances on this node are handles of objects in shared
 * memory. The rewriting adds the interface, and all of its methods, to the topmost shared class.
 *
 * <p>The address is 0 until the constructor has called {@code super()}, then that of the object's
 * fields, and {@link Instances#FREED} when any node has freed the object.
 */
public interface SharedInstance {
  /** Address of the fields, 0, or {@link Instances#FREED}. */
  long dsm$address();

  /** Sets {@link #dsm$address()}. */
  void dsm$address(long address);

  /** Flags of {@link Instances}: what this node knows of the handle. */
  int dsm$state();

  /** Sets {@link #dsm$state()}. */
  void dsm$state(int state);

  /** The class of the instance; each class has its own. */
  InstanceType dsm$type();

  /** Shows a debugger what the fields hold, where one may attach; else nothing. */
  void dsm$mirror();

  /** Moves fields that were assigned before {@code super()} into shared memory. */
  void dsm$early();
}
