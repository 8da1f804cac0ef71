package org.dsm4j.agent.rewrite;

import java.util.List;
import org.objectweb.asm.TypePath;
import org.objectweb.asm.TypeReference;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.LocalVariableAnnotationNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeAnnotationNode;

/**
 * Where {@code @Shared} stands in a method, as a type annotation (JVMS 4.7.20): on locals,
 * parameters, the result and {@code new}. In {@code @Shared int[] a} the annotation belongs to the
 * element type; in {@code int @Shared [] a} to the array's. Both mark the array.
 */
final class SharedMarks {
  private SharedMarks() {}

  /**
   * Whether an annotation at that place of an array type marks the array (and not, say, a type
   * argument).
   */
  static boolean marksArray(TypePath path) {
    if (path == null) {
      return true;
    }
    for (int step = 0; step < path.getLength(); step++) {
      if (path.getStep(step) != TypePath.ARRAY_ELEMENT) {
        return false;
      }
    }
    return true;
  }

  static boolean marks(TypeAnnotationNode annotation) {
    return annotation.desc.equals(Names.SHARED) && marksArray(annotation.typePath);
  }

  /**
   * How many dimensions a marked {@code new} has whose expression begins at the instruction, as far
   * as the mark tells: 0 = any; -1 if none is marked. (javac attaches the mark to the first
   * instruction of the size, not to the one that creates.)
   */
  static int markedAllocation(AbstractInsnNode instruction) {
    for (TypeAnnotationNode annotation : orEmpty(instruction.visibleTypeAnnotations)) {
      if (marks(annotation)
          && new TypeReference(annotation.typeRef).getSort() == TypeReference.NEW) {
        return annotation.typePath == null ? 0 : annotation.typePath.getLength();
      }
    }
    return -1;
  }

  /** Whether the method's result is marked. */
  static boolean marksResult(MethodNode method) {
    for (TypeAnnotationNode annotation : orEmpty(method.visibleTypeAnnotations)) {
      if (marks(annotation)
          && new TypeReference(annotation.typeRef).getSort() == TypeReference.METHOD_RETURN) {
        return true;
      }
    }
    return false;
  }

  /** Whether a parameter is marked. */
  static boolean marksParameter(MethodNode method, int parameter) {
    for (TypeAnnotationNode annotation : orEmpty(method.visibleTypeAnnotations)) {
      TypeReference place = new TypeReference(annotation.typeRef);
      if (marks(annotation)
          && place.getSort() == TypeReference.METHOD_FORMAL_PARAMETER
          && place.getFormalParameterIndex() == parameter) {
        return true;
      }
    }
    return false;
  }

  /** Whether a store into that slot is one into a marked local variable. */
  static boolean marksStore(MethodNode method, AbstractInsnNode store, int slot) {
    if (method.visibleLocalVariableAnnotations == null) {
      return false;
    }
    for (LocalVariableAnnotationNode annotation : method.visibleLocalVariableAnnotations) {
      if (marks(annotation) && covers(method, annotation, store, slot)) {
        return true;
      }
    }
    return false;
  }

  /** A variable's range begins after the instruction that first stores into it. */
  private static boolean covers(
      MethodNode method, LocalVariableAnnotationNode annotation, AbstractInsnNode store, int slot) {
    AbstractInsnNode next = Instructions.next(store);
    int at = method.instructions.indexOf(next == null ? store : next);
    for (int range = 0; range < annotation.index.size(); range++) {
      int start = method.instructions.indexOf(annotation.start.get(range));
      int end = method.instructions.indexOf(annotation.end.get(range));
      if (annotation.index.get(range) == slot
          && start <= at
          && method.instructions.indexOf(store) < end) {
        return true;
      }
    }
    return false;
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }
}
