package org.dsm4j.agent.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.util.CheckClassAdapter;

/** The changed classes of this very JDK. */
class ExitBytecodeTest {
  private static byte[] read(String path) throws IOException {
    try (InputStream in = ClassLoader.getSystemResourceAsStream(path)) {
      return in.readAllBytes();
    }
  }

  /** Calls of the bridge, as "method>bridge method". */
  private static List<String> calls(byte[] bytes) {
    ClassNode node = new ClassNode(Opcodes.ASM9);
    new ClassReader(bytes).accept(node, 0);
    List<String> calls = new ArrayList<>();
    for (MethodNode method : node.methods) {
      method.instructions.forEach(
          instruction -> {
            if (instruction instanceof MethodInsnNode call
                && call.owner.equals("org/dsm4j/internal/ExitBridge")) {
              calls.add(method.name + ">" + call.name);
            }
          });
    }
    return calls;
  }

  private static String verify(byte[] bytes) {
    StringWriter problems = new StringWriter();
    CheckClassAdapter.verify(
        new ClassReader(bytes),
        ClassLoader.getSystemClassLoader(),
        false,
        new PrintWriter(problems));
    return problems.toString();
  }

  @Test
  void exitAndHaltTell() throws IOException {
    byte[] changed = ExitBytecode.tellExit(read("java/lang/Shutdown.class"));
    assertEquals(List.of("halt>exiting", "exit>exiting"), calls(changed));
    assertEquals("", verify(changed));
  }

  @Test
  void anUncaughtExceptionIsToldHoweverItsHandlerEnds() throws IOException {
    byte[] changed = ExitBytecode.tellUncaught(read("java/lang/Thread.class"));
    assertEquals(
        List.of("dispatchUncaughtException>uncaught", "dispatchUncaughtException>uncaught"),
        calls(changed));
    assertEquals("", verify(changed));
  }
}
