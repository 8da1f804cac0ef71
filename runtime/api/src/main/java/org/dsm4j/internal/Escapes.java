package org.dsm4j.internal;

import java.util.Arrays;
import java.util.List;
import org.dsm4j.NotShareableException;
import org.dsm4j.SharedArrayEscapeException;

/** Rule 5: stops shared arrays at the border to code that was not rewritten for them. */
public final class Escapes {
  private Escapes() {}

  /**
   * Before an array goes to code that was not rewritten.
   *
   * @param place where to, as the message shall say it: "java.util.Arrays.stream(double[]),
   *     argument 1"
   */
  public static void check(Object array, String place) {
    if (isShared(array)) {
      throw escape(place);
    }
  }

  /** The same for an array whose elements may be shared arrays: they travel as objects. */
  public static void checkItself(Object array, String place) {
    if (Tokens.isToken(array)) {
      throw escape(place);
    }
  }

  /**
   * Before several values, in an array or list, go to code that was not rewritten.
   *
   * @param place where to, as the message shall say it
   */
  public static void checkEach(Object values, String place) {
    if (values == null || !Tokens.areAny()) {
      return;
    }
    check(values, place);
    Iterable<?> each =
        values instanceof Object[] array
            ? Arrays.asList(array)
            : values instanceof List<?> list ? list : List.of();
    for (Object value : each) {
      check(value, place);
    }
  }

  /** Whether it is a shared array, or a heap array of arrays that has one as a row. */
  static boolean isShared(Object array) {
    return array != null && Tokens.areAny() && shares(array);
  }

  static SharedArrayEscapeException escape(String place) {
    return new SharedArrayEscapeException(
        "a shared array was about to reach "
            + place
            + ": that code was not rewritten for shared arrays and would see wrong data; pass"
            + " array.clone() (a heap copy), or mark the parameter @Shared if the code is yours");
  }

  /**
   * Before an array goes to a place that holds shared arrays.
   *
   * @param place which, as the message shall say it: "local variable t of a.B.f"
   */
  public static void requireShared(Object array, String place) {
    if (array != null && !Tokens.isToken(array)) {
      throw new NotShareableException(
          "a heap array was stored in "
              + place
              + ", which is marked @Shared; create it with new @Shared, or store Dsm.share(array)");
    }
  }

  private static boolean shares(Object array) {
    if (Tokens.isToken(array)) {
      return true;
    }
    if (array instanceof Object[] rows && rows.getClass().getComponentType().isArray()) {
      for (Object row : rows) {
        if (row != null && shares(row)) {
          return true;
        }
      }
    }
    return false;
  }
}
