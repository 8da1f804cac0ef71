package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.List;

/**
 * Methods that a class may refer to, by owner, name and descriptor; a word that ends with {@code *}
 * stands for all that begin so. The lists of them that the rewriters have are what class files are
 * searched for, here ({@link ConstantPool}) and in native code ({@link ScanRules}).
 */
record MethodPattern(String owner, String name, String descriptor) {
  private static final String ANY = "*";

  /** Methods of a class by their names, whatever their parameters. */
  static List<MethodPattern> of(String owner, String... names) {
    List<MethodPattern> patterns = new ArrayList<>(names.length);
    for (String name : names) {
      patterns.add(new MethodPattern(owner, name, ANY));
    }
    return patterns;
  }

  /** All of several lists. */
  @SafeVarargs
  static List<MethodPattern> all(List<MethodPattern>... lists) {
    List<MethodPattern> patterns = new ArrayList<>();
    for (List<MethodPattern> each : lists) {
      patterns.addAll(each);
    }
    return patterns;
  }

  /** Whether one of them stands for that method. */
  static boolean matchAny(
      List<MethodPattern> patterns, String owner, String name, String descriptor) {
    for (MethodPattern each : patterns) {
      if (matches(each.owner, owner)
          && matches(each.name, name)
          && matches(each.descriptor, descriptor)) {
        return true;
      }
    }
    return false;
  }

  /** The same, of patterns that stand for methods with any parameters. */
  static boolean matchAny(List<MethodPattern> patterns, String owner, String name) {
    return matchAny(patterns, owner, name, "");
  }

  private static boolean matches(String pattern, String word) {
    return pattern.endsWith(ANY)
        ? word.startsWith(pattern.substring(0, pattern.length() - 1))
        : word.equals(pattern);
  }
}
