package org.dsm4j.agent.rewrite;

import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicVerifier;

/** Checks rewritten classes before the JVM does, to name the method at fault; loads no class. */
final class Verification {
  private Verification() {}

  static void check(byte[] classFile, List<Problem> problems) {
    ClassNode node = new ClassNode();
    new ClassReader(classFile).accept(node, ClassReader.SKIP_FRAMES);
    for (MethodNode method : node.methods) {
      try {
        new Analyzer<>(new BasicVerifier()).analyze(node.name, method);
      } catch (AnalyzerException failure) {
        problems.add(
            new Problem(
                Problem.member(method.name),
                0,
                "the rewritten code does not verify: " + failure.getMessage(),
                "report this, with the class file"));
      }
    }
  }
}
