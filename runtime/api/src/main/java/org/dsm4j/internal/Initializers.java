package org.dsm4j.internal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Array;

/** What static initializers of rewritten classes call: rule 3, once per cluster. */
public final class Initializers {
  private Initializers() {}

  /** At the start of an initializer that touches shared state. */
  public static void begin(Class<?> owner) {
    SharedClasses.of(owner).beginInitialization();
  }

  /** Whether this node is the one that runs what touches shared state. */
  public static boolean here(Class<?> owner) {
    return SharedClasses.of(owner).initializesHere();
  }

  /**
   * Whether a store that the initializer makes into that array is made: not, if it is shared and
   * another node did it.
   */
  public static boolean stores(Object array, Class<?> owner) {
    return here(owner) || !Tokens.isToken(array);
  }

  /**
   * {@code new T[length]} for a shared place: on the heap where the initializer's shared part is
   * not run.
   */
  public static Object create(int length, Class<?> array, Class<?> owner) {
    return here(owner)
        ? SharedArrays.create(length, array)
        : Array.newInstance(array.getComponentType(), length);
  }

  /** {@code new T[length][columns]} for a shared place. */
  public static Object create(int length, int columns, Class<?> array, Class<?> owner) {
    return create(new int[] {length, columns}, array, owner);
  }

  /** {@code new T[a][b]...} for a shared place. */
  public static Object create(int[] sizes, Class<?> array, Class<?> owner) {
    if (here(owner)) {
      return SharedArrays.create(sizes, array);
    }
    Class<?> element = array;
    for (int i = 0; i < sizes.length; i++) {
      element = element.getComponentType();
    }
    return Array.newInstance(element, sizes);
  }

  /** {@link ArrayCalls#shared}; on the heap where the initializer's shared part is not run. */
  public static Object shared(Object fresh, Class<?> owner) {
    return here(owner) ? ArrayCalls.shared(fresh) : fresh;
  }

  /** {@link ArrayCalls#sharedRows}, likewise. */
  public static Object sharedRows(Object fresh, Class<?> owner) {
    return here(owner) ? ArrayCalls.sharedRows(fresh) : fresh;
  }

  /** At its normal end. */
  public static void end(Class<?> owner) {
    SharedClasses.of(owner).endInitialization(null);
  }

  /** At its end by an exception, which the caller throws on. */
  public static void failed(Throwable failure, Class<?> owner) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    SharedClasses.of(owner).endInitialization(text.toString());
  }
}
