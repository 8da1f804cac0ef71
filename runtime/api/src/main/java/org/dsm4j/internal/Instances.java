package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.dsm4j.DsmException;

/**
 * Instances of shared classes: made by their constructors or found by their addresses. An instance
 * is 16 bytes of {@link Headers header} and its fields in shared memory; what the program holds is
 * a handle, an object of the class itself, one per instance and node.
 *
 * <p>Handles of objects that nobody else can know yet are not remembered; a handle is, from when a
 * reference to its object is first stored into shared memory.
 *
 * <p>Thread-safe.
 */
public final class Instances {
  /** {@link SharedInstance#dsm$address} of a freed one. */
  static final long FREED = -1;

  /** The handle is in {@link Handles}. */
  private static final int KNOWN = 1;

  /** A transient field of it was assigned, so it must not be forgotten. */
  private static final int HAS_TRANSIENTS = 2;

  private static final int TYPES_MAX = 256;
  private static final AtomicReferenceArray<Named> TYPES = new AtomicReferenceArray<>(TYPES_MAX);
  private static final Object LATE = new Object();

  /** A class and its reference, as the headers of its instances have it. */
  private record Named(long reference, InstanceType type) {}

  private Instances() {}

  // ---- construction --------------------------------------------------------------------------

  /** When the topmost shared class's constructor has called {@code super()}. */
  public static void constructed(SharedInstance handle) {
    if (handle.dsm$address() == 0) {
      place(handle);
    }
    handle.dsm$early();
  }

  /**
   * Gives a handle an object of its own. One that lies in a region is remembered at once, so that
   * its handle is found when the region is freed.
   */
  private static long place(SharedInstance handle) {
    ThreadHeap heap = ThreadHeap.current();
    long address = handle.dsm$type().allocate(heap);
    handle.dsm$address(address);
    Memory.U.storeFence();
    if (heap.region() != null) {
      inRegion(handle, address, heap.region());
    }
    return address;
  }

  private static void inRegion(SharedInstance handle, long address, HeapRegion region) {
    remember(handle, address, KNOWN);
    if (region.isFreed()) {
      forget(handle, address);
      region.checkLive();
    }
  }

  /** After {@code Object.clone()}: gives the copy of a handle an object of its own. */
  public static Object cloned(Object copy) {
    if (!(copy instanceof SharedInstance handle)) {
      return copy;
    }
    long from = live(handle.dsm$address(), handle);
    handle.dsm$state(handle.dsm$state() & ~KNOWN);
    long to = place(handle);
    Memory.copy(null, from, null, to, handle.dsm$type().layout().bytes());
    return handle;
  }

  /**
   * The address of an instance whose handle has none: freed; or not allocated yet, since an
   * unshared class's constructor calls a method of it.
   *
   * @throws IllegalStateException if it was freed
   */
  static long absent(SharedInstance handle) {
    if (handle.dsm$address() == FREED) {
      throw freed(handle);
    }
    synchronized (LATE) {
      long address = handle.dsm$address();
      return address == 0 ? place(handle) : address;
    }
  }

  static long live(long address, SharedInstance handle) {
    return address > 0 ? address : absent(handle);
  }

  // ---- references ----------------------------------------------------------------------------

  /**
   * The address of an instance.
   *
   * @throws IllegalStateException if it was freed
   */
  static long address(Object instance) {
    SharedInstance handle = (SharedInstance) instance;
    return live(handle.dsm$address(), handle);
  }

  /**
   * The address of an instance that others are about to learn of: from now on this node finds this
   * handle by it.
   */
  static long publish(SharedInstance handle) {
    long address = live(handle.dsm$address(), handle);
    if ((handle.dsm$state() & KNOWN) == 0) {
      remember(handle, address, KNOWN);
    }
    return address;
  }

  private static void remember(SharedInstance handle, long address, int flag) {
    synchronized (LATE) {
      int state = handle.dsm$state() | flag;
      handle.dsm$state(state);
      if ((state & KNOWN) != 0) {
        Handles.add(new Seen(address, handle), handle, (state & HAS_TRANSIENTS) != 0);
      }
    }
  }

  /** After a transient field was assigned: the handle must live as long as the object. */
  public static void keeps(SharedInstance handle) {
    if ((handle.dsm$state() & HAS_TRANSIENTS) == 0) {
      remember(handle, live(handle.dsm$address(), handle), HAS_TRANSIENTS);
    }
  }

  /** This node's handle of the instance at an address, whose header has come. */
  static Object at(long address) {
    Object known = Handles.known(address);
    if (known != null) {
      return known;
    }
    SharedInstance fresh = allocate(named(Headers.type(address)));
    fresh.dsm$address(address);
    fresh.dsm$state(KNOWN);
    Memory.U.storeFence();
    SharedInstance handle = (SharedInstance) Handles.add(new Seen(address, fresh), fresh, false);
    if (SharedArrays.isFreed(address)) {
      // By another node, in the meantime; or the copy of its page that is here does not tell.
      forget(handle, address);
      throw freed(handle);
    }
    if (handle == fresh) {
      handle.dsm$mirror();
    }
    return handle;
  }

  private static SharedInstance allocate(InstanceType type) {
    try {
      return (SharedInstance) Memory.U.allocateInstance(type.type());
    } catch (InstantiationException impossible) {
      throw new DsmException("cannot make a handle of " + type.type().getName(), impossible);
    }
  }

  private static InstanceType named(long reference) {
    int slot = (int) (reference >>> 4) & TYPES_MAX - 1;
    Named known = TYPES.get(slot);
    if (known == null || known.reference != reference) {
      InstanceType type =
          of((Class<?>) References.decode(reference, "the header of a shared instance"));
      type.announce();
      known = new Named(reference, type);
      TYPES.set(slot, known);
    }
    return known.type;
  }

  /**
   * A shared class.
   *
   * @throws DsmException if it is not one on this node: rule 12
   */
  static InstanceType of(Class<?> type) {
    InstanceType found = SharedClasses.instances(type);
    if (found == null) {
      throw new DsmException(
          "class "
              + type.getName()
              + " is @Shared, but was not rewritten on node "
              + Runtimes.current().node()
              + " (loaded before the agent, excluded, or another version of it); start all nodes with the same program and"
              + " agent");
    }
    return found;
  }

  // ---- identity ------------------------------------------------------------------------------

  /** {@code Object.hashCode()}: the same on every node. */
  public static int hash(SharedInstance handle) {
    return Handles.hash(SharedSpace.reference(live(handle.dsm$address(), handle))) & 0x7fff_ffff;
  }

  /** {@code System.identityHashCode(object)}. */
  public static int identityHashCode(Object object) {
    return object instanceof SharedInstance handle ? hash(handle) : System.identityHashCode(object);
  }

  // ---- freeing -------------------------------------------------------------------------------

  /** Frees an instance, for all nodes; once. */
  static void free(SharedInstance handle) {
    long address = live(handle.dsm$address(), handle);
    if (Headers.kind(address) != Kinds.INSTANCE) {
      throw freed(handle);
    }
    boolean isKnown = (handle.dsm$state() & KNOWN) != 0;
    long bytes = ThreadHeap.size(handle.dsm$type().layout().bytes() + Headers.BYTES);
    Headers.free(address);
    forget(handle, address);
    if (isKnown) {
      ThreadHeap.free(address - Headers.BYTES, bytes);
    } else {
      ThreadHeap.freed(address - Headers.BYTES, bytes, true); // no other node has heard of it
    }
  }

  /**
   * Makes every further use of an instance on this node fail: some node has freed it.
   *
   * @param block the address that its memory was allocated at
   */
  public static void markFreed(long block) {
    if (Handles.known(block + Headers.BYTES) instanceof SharedInstance handle) {
      forget(handle, block + Headers.BYTES);
    }
  }

  static void forget(SharedInstance handle, long address) {
    handle.dsm$address(FREED);
    Handles.remove(address);
  }

  private static IllegalStateException freed(SharedInstance handle) {
    return new IllegalStateException(
        "the shared instance of "
            + handle.getClass().getName()
            + " was freed; do not use it after Dsm.free");
  }

  /** What {@code writeReplace} of shared classes does: their fields are not in the handle. */
  public static Object notSerializable(Object instance) {
    throw new DsmException(
        "an instance of the shared class "
            + instance.getClass().getName()
            + " cannot be written by Java serialization: its fields are in shared memory; give the class a writeReplace()"
            + " that returns an ordinary object with the same values");
  }
}
