package org.dsm4j.agent.rewrite;

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
    return lookup.commonSuperClass(one, other);
  }
}
