package org.dsm4j.agent.exit;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The two changes to JDK classes that make the end of the application noticed. They only add calls;
 * what was there stays as it is.
 */
final class ExitBytecode {
  private static final String BRIDGE = "org/dsm4j/internal/ExitBridge";

  private ExitBytecode() {}

  /** java.lang.Shutdown: exit(int) and halt(int) begin by telling the status. */
  static byte[] tellExit(byte[] shutdown) {
    return change(
        shutdown,
        (name, descriptor, next) ->
            descriptor.equals("(I)V") && (name.equals("exit") || name.equals("halt"))
                ? new ExitTeller(next)
                : next);
  }

  /** java.lang.Thread: dispatchUncaughtException(Throwable) ends by telling it, however it ends. */
  static byte[] tellUncaught(byte[] thread) {
    return change(
        thread,
        (name, descriptor, next) ->
            name.equals("dispatchUncaughtException") ? new UncaughtTeller(next) : next);
  }

  private interface MethodChange {
    MethodVisitor visit(String name, String descriptor, MethodVisitor next);
  }

  private static byte[] change(byte[] bytes, MethodChange change) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return change.visit(
                name,
                descriptor,
                super.visitMethod(access, name, descriptor, signature, exceptions));
          }
        },
        0);
    return writer.toByteArray();
  }

  private static final class ExitTeller extends MethodVisitor {
    ExitTeller(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      super.visitVarInsn(Opcodes.ILOAD, 0);
      super.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, "exiting", "(I)V", false);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitMaxs(Math.max(maxStack, 1), maxLocals);
    }
  }

  private static final class UncaughtTeller extends MethodVisitor {
    private final Label start = new Label();
    private final Label end = new Label();

    UncaughtTeller(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      super.visitLabel(start);
    }

    @Override
    public void visitInsn(int opcode) {
      if (opcode == Opcodes.RETURN) {
        tell();
      }
      super.visitInsn(opcode);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitLabel(end);
      super.visitTryCatchBlock(start, end, end, null);
      Object[] locals = {"java/lang/Thread", "java/lang/Throwable"};
      super.visitFrame(Opcodes.F_FULL, 2, locals, 1, new Object[] {"java/lang/Throwable"});
      tell();
      super.visitInsn(Opcodes.ATHROW);
      super.visitMaxs(Math.max(maxStack, 3), maxLocals);
    }

    private void tell() {
      super.visitVarInsn(Opcodes.ALOAD, 0);
      super.visitVarInsn(Opcodes.ALOAD, 1);
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC,
          BRIDGE,
          "uncaught",
          "(Ljava/lang/Thread;Ljava/lang/Throwable;)V",
          false);
    }
  }
}
