package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.TypePath;

/**
 * What the rewriting needs to know of a class file, its own or another's, without loading the
 * class. Immutable once read.
 */
final class ClassFacts {
  final String name;
  final String superName;
  final List<String> interfaces;
  final int access;
  final ConstantPool pool;
  final List<FieldFacts> fields = new ArrayList<>();
  final List<MethodFacts> methods = new ArrayList<>();

  /** The classes that it is written within: whose variables it may have captured. */
  final Set<String> outer = new LinkedHashSet<>();

  /** Whether the class itself is marked {@code @Shared}. */
  boolean marked;

  private ClassFacts(ClassReader reader) {
    name = reader.getClassName();
    superName = reader.getSuperName();
    interfaces = List.of(reader.getInterfaces());
    access = reader.getAccess();
    pool = new ConstantPool(reader);
  }

  static ClassFacts read(byte[] classFile) {
    ClassReader reader = new ClassReader(classFile);
    ClassFacts facts = new ClassFacts(reader);
    reader.accept(
        facts.new Members(),
        ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return facts;
  }

  boolean isInterface() {
    return (access & Opcodes.ACC_INTERFACE) != 0;
  }

  FieldFacts field(String field, String descriptor) {
    for (FieldFacts candidate : fields) {
      if (candidate.name().equals(field) && candidate.descriptor().equals(descriptor)) {
        return candidate;
      }
    }
    return null;
  }

  MethodFacts method(String method, String descriptor) {
    for (MethodFacts candidate : methods) {
      if (candidate.name().equals(method) && candidate.descriptor().equals(descriptor)) {
        return candidate;
      }
    }
    return null;
  }

  /** Its superclass and interfaces. */
  Set<String> parents() {
    Set<String> parents = new LinkedHashSet<>(interfaces);
    if (superName != null) {
      parents.add(superName);
    }
    return parents;
  }

  private final class Members extends ClassVisitor {
    Members() {
      super(Opcodes.ASM9);
    }

    @Override
    public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
      marked |= annotation.equals(Names.SHARED);
      return null;
    }

    @Override
    public void visitNestHost(String host) {
      outer.add(host);
    }

    @Override
    public void visitOuterClass(String owner, String method, String descriptor) {
      outer.add(owner);
    }

    @Override
    public void visitInnerClass(String inner, String owner, String simpleName, int innerAccess) {
      if (inner.equals(name) && owner != null) {
        outer.add(owner);
      }
    }

    @Override
    public FieldVisitor visitField(
        int fieldAccess, String field, String descriptor, String signature, Object value) {
      return new FieldVisitor(Opcodes.ASM9) {
        private boolean shared;
        private String sharedName = "";

        @Override
        public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
          if (!annotation.equals(Names.SHARED)) {
            return null;
          }
          shared = true;
          return new AnnotationVisitor(Opcodes.ASM9) {
            @Override
            public void visit(String element, Object elementValue) {
              sharedName = (String) elementValue;
            }
          };
        }

        @Override
        public AnnotationVisitor visitTypeAnnotation(
            int typeRef, TypePath path, String annotation, boolean visible) {
          shared |= annotation.equals(Names.SHARED) && SharedMarks.marksArray(path);
          return null;
        }

        @Override
        public void visitEnd() {
          fields.add(
              new FieldFacts(name, field, descriptor, fieldAccess, shared, sharedName, value));
        }
      };
    }

    @Override
    public MethodVisitor visitMethod(
        int methodAccess, String method, String descriptor, String signature, String[] exceptions) {
      methods.add(new MethodFacts(method, descriptor, methodAccess));
      return null;
    }
  }
}
