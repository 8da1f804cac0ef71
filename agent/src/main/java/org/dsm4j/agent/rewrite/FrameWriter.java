package org.dsm4j.agent.rewrite;

import java.util.Set;
import org.objectweb.asm.ClassWriter;

/** Writes classes whose stack map frames are computed anew, without loading a class. */
final class FrameWriter extends ClassWriter {
  private final ClassLookup lookup;

  FrameWriter(int flags, ClassLookup lookup) {
    super(flags);
    this.lookup = lookup;
  }

  @Override
  protected String getCommonSuperClass(String one, String other) {
    ClassFacts first = lookup.find(one);
    ClassFacts second = lookup.find(other);
    if (first == null || second == null || first.isInterface() || second.isInterface()) {
      return Names.OBJECT;
    }
    Set<String> ancestors = lookup.ancestors(one);
    for (ClassFacts at = second;
        at != null;
        at = at.superName == null ? null : lookup.find(at.superName)) {
      if (ancestors.contains(at.name)) {
        return at.name;
      }
    }
    return Names.OBJECT;
  }
}
