package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.objectweb.asm.ClassReader;

/**
 * What the constants of a class file say of its ties to others: enough to find that it is tied to
 * nothing shared, without reading members and code. It may name too many classes, never too few.
 *
 * @param pool all constants; null for a class of which nothing is to be rewritten
 * @param mentionsShared whether it has the annotation anywhere, or makes shared arrays
 * @param parents its superclass and interfaces, as far as they are the program's, as all these
 * @param ties the classes that it is rewritten with besides: those it is within, that give it
 *     arrays, that it makes lambdas for
 * @param fieldOwners the classes whose fields it uses; a field may be inherited by them
 */
record ClassScan(
    ConstantPool pool,
    boolean mentionsShared,
    List<String> parents,
    List<String> ties,
    List<String> fieldOwners) {

  /** Reads a class file; null if it is none that ASM understands. */
  static ClassScan of(byte[] file) {
    try {
      return read(new ClassReader(file));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException unreadable) {
      return null;
    }
  }

  private static ClassScan read(ClassReader reader) {
    ConstantPool pool = new ConstantPool(reader);
    String own = reader.getClassName();
    List<String> parents = new ArrayList<>(2);
    if (reader.getSuperName() != null) {
      add(parents, own, reader.getSuperName());
    }
    for (String each : reader.getInterfaces()) {
      add(parents, own, each);
    }
    List<String> ties = new ArrayList<>(4);
    List<String> fieldOwners = new ArrayList<>(4);
    addAll(ties, own, OuterClasses.of(reader));
    addAll(ties, own, pool.functionalInterfaces());
    for (ConstantPool.Reference method : pool.arrayMethods()) {
      add(ties, own, method.owner());
    }
    for (ConstantPool.Reference field : pool.fields()) {
      if (add(fieldOwners, own, field.owner()) && field.descriptor().charAt(0) == '[') {
        ties.add(field.owner());
      }
    }
    return new ClassScan(pool, pool.mentionsShared(), parents, ties, fieldOwners);
  }

  private static void addAll(List<String> names, String own, Collection<String> more) {
    for (String each : more) {
      add(names, own, each);
    }
  }

  private static boolean add(List<String> names, String own, String name) {
    if (name.equals(own) || !Names.isApplication(name)) {
      return false;
    }
    names.add(name);
    return true;
  }
}
