package org.dsm4j.node.engine;

import static org.dsm4j.node.engine.Memory.UNSAFE;

/**
 * {@code struct dsm_options}: all fields u64, in this order, behind their own total size. 0 = the
 * engine's default.
 *
 * @param node this node
 * @param nodes how many there are
 * @param cluster hash of the cluster's name
 * @param base address of offset 0; 1 = anywhere
 * @param spaceBytes size of the space
 * @param arenaFirstByte where the arenas begin
 * @param homeBlockPages pages in a row with one home
 * @param spinNanos polling before blocking; 1 = never
 * @param coresFree cores that this node may count as its own
 * @param nativeWaitNanos blocking in native code before parking; 1 = not at all
 * @param holdNanos how long a granted page stays
 * @param silenceNanos when a silent peer is lost
 * @param maxMappings budget of mappings
 * @param exitOnLoss whether a lost peer ends the process
 * @param graceNanos what Java gets to end in good order then
 * @param pager how pages are opened and closed
 * @param twins pages of other homes that may be written between two releases
 * @param migrateAfter releases in a row by one node, after which it becomes a page's home; -1 =
 *     never
 */
public record EngineOptions(
    int node,
    int nodes,
    long cluster,
    long base,
    long spaceBytes,
    long arenaFirstByte,
    long homeBlockPages,
    long spinNanos,
    long coresFree,
    long nativeWaitNanos,
    long holdNanos,
    long silenceNanos,
    long maxMappings,
    boolean exitOnLoss,
    long graceNanos,
    Pager pager,
    long twins,
    long migrateAfter) {

  private static final int FIELDS = 26;

  /** Half of the space is kept by release consistency. */
  private static final long RELEASE = 1;

  /** Writes the struct into fresh memory, which the caller frees. */
  long write() {
    long[] fields = {
      FIELDS * 8L, // size
      node,
      nodes,
      cluster,
      base,
      spaceBytes,
      arenaFirstByte,
      homeBlockPages,
      0, // slots
      0, // locks
      spinNanos,
      coresFree,
      nativeWaitNanos,
      holdNanos,
      0, // hold_max_ns
      0, // heartbeat_ns
      silenceNanos,
      maxMappings,
      exitOnLoss ? 1 : 0,
      graceNanos,
      pager.ordinal(),
      RELEASE,
      twins,
      0, // notices
      migrateAfter,
      0 // inform_ns
    };
    assert fields.length == FIELDS;
    long address = UNSAFE.allocateMemory(FIELDS * 8L);
    for (int i = 0; i < FIELDS; i++) {
      UNSAFE.putLong(address + i * 8L, fields[i]);
    }
    return address;
  }
}
