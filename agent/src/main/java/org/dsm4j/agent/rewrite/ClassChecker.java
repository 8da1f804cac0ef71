package org.dsm4j.agent.rewrite;

import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.TypeReference;
import org.objectweb.asm.tree.LocalVariableAnnotationNode;
import org.objectweb.asm.tree.LocalVariableNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeAnnotationNode;

/** What this version cannot share: found in the declarations, all of a class at once. */
final class ClassChecker {
  private final ClassContext in;

  private ClassChecker(ClassContext in) {
    this.in = in;
  }

  static void check(ClassContext in) {
    ClassChecker checker = new ClassChecker(in);
    checker.type();
    in.facts().fields.stream().filter(FieldFacts::shared).forEach(checker::field);
    in.node().methods.forEach(checker::method);
  }

  private void type() {
    if ((in.node().version & 0xffff) < Opcodes.V1_8) {
      problem(
          "class " + Names.dotted(in.facts().name),
          "it uses shared members, but its class file is older than Java 8",
          "compile it for Java 8 or later");
    }
    if (in.facts().marked || in.lookup().isSharedClass(in.facts().name)) {
      new SharedClassChecker(in).check();
    }
  }

  private void field(FieldFacts field) {
    String member = "field " + field.name();
    Type type = field.type();
    if (!field.isStatic()) {
      if (!in.lookup().isSharedClass(in.facts().name)) {
        problem(
            member,
            "an instance field is shared if its class is, and "
                + Names.dotted(in.facts().name)
                + " is not",
            "mark the class @Shared, or make the field static");
      }
    } else if (field.isConcurrent()) {
      if (!field.isFinal() && ConcurrentRewriter.isPart(field.descriptor())) {
        problem(
            member,
            "a shared field of type " + type.getClassName() + " must be final",
            "write @Shared static final, and assign it where it is declared, from another shared"
                + " field");
      }
    } else if (!field.isLock()) {
      String remedy =
          new ShareableTypes(in.lookup()).remedy(type, false, ShareableTypes.OR_NOT_SHARED);
      if (remedy != null) {
        problem(member, "a shared field cannot hold a " + type.getClassName(), remedy);
      }
    }
  }

  private void method(MethodNode method) {
    for (TypeAnnotationNode annotation : orEmpty(method.visibleTypeAnnotations)) {
      if (SharedMarks.marks(annotation)) {
        marked(method, new TypeReference(annotation.typeRef));
      }
    }
    for (LocalVariableAnnotationNode annotation : orEmpty(method.visibleLocalVariableAnnotations)) {
      if (SharedMarks.marks(annotation)) {
        local(method, annotation);
      }
    }
  }

  private void marked(MethodNode method, TypeReference place) {
    if (place.getSort() == TypeReference.METHOD_RETURN) {
      array(method, "its result", Type.getReturnType(method.desc));
    } else if (place.getSort() == TypeReference.METHOD_FORMAL_PARAMETER) {
      Type[] parameters = Type.getArgumentTypes(method.desc);
      int index = place.getFormalParameterIndex();
      // The parameters that javac adds to constructors shift the index.
      if (index < parameters.length && !method.name.equals("<init>")) {
        array(method, "parameter " + (index + 1), parameters[index]);
      }
    }
  }

  private void local(MethodNode method, LocalVariableAnnotationNode annotation) {
    for (LocalVariableNode variable : orEmpty(method.localVariables)) {
      if (variable.index == annotation.index.get(0)
          && method.instructions.indexOf(variable.start)
              == method.instructions.indexOf(annotation.start.get(0))) {
        array(method, "variable " + variable.name, Type.getType(variable.desc));
      }
    }
  }

  private void array(MethodNode method, String what, Type type) {
    ShareableTypes types = new ShareableTypes(in.lookup());
    String remedy = types.remedy(type, false, ShareableTypes.NO_OTHER);
    if (remedy == null && !Names.isArray(type) && types.isValue(type)) {
      remedy = "@Shared marks variables that hold arrays; remove it";
    }
    if (remedy != null) {
      problem(
          Problem.member(method.name),
          what + " is of type " + type.getClassName() + ", which cannot be shared",
          remedy);
    }
  }

  private void problem(String member, String reason, String remedy) {
    in.problems().add(new Problem(member, 0, reason, remedy));
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }
}
