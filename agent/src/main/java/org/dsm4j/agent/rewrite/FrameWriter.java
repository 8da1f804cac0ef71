package org.dsm4j.agent.rewrite;

import org.objectweb.asm.ClassWriter;

/** Writes classes whose stack map frames are computed anew, without loading a class. */
final class FrameWriter extends ClassWriter {
  /**
   * ASM's own bounds, 10 MiB and 10^8 steps a method, are below what rewritten methods may need.
   */
  static final int BYTES_MAX = 1 << 28;

  static final long STEPS_MAX = 2_000_000_000;

  private final ClassLookup lookup;

  FrameWriter(int flags, ClassLookup lookup) {
    super(flags);
    this.lookup = lookup;
    setComputeLimits(BYTES_MAX, STEPS_MAX);
  }

  @Override
  protected String getCommonSuperClass(String one, String other) {
    return lookup.commonSuperClass(one, other);
  }
}
