package org.dsm4j.node.engine;

import static org.dsm4j.Consistency.RELEASE;
import static org.dsm4j.Consistency.SEQUENTIAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dsm4j.Consistency;
import org.dsm4j.core.allocation.Geometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine and the allocation agree, to the page, about which protocol keeps what. */
@Timeout(60)
class ZonesTest {
  private static final long PAGE = Memory.pageBytes();

  @Test
  void oddSpacesAndNodeCountsAreCutAlike() {
    for (int nodes : new int[] {1, 2, 3, 5, 7}) {
      for (long pages : new long[] {1024, 1025, 1039, 4097}) {
        long space = pages * PAGE;
        compare(new Geometry(space, space / 2 & -PAGE, PAGE, nodes));
      }
    }
  }

  private static void compare(Geometry cut) {
    try (Engine engine = engine(cut)) {
      for (Consistency mode : Consistency.values()) {
        edges(engine, cut, cut.inTurn(mode), mode);
        for (int node = 0; node < cut.nodes(); node++) {
          edges(engine, cut, cut.arena(node, mode), mode);
        }
      }
      for (long offset = 0; offset < cut.spaceBytes(); offset += PAGE) {
        assertEquals(
            zoneOf(cut, offset) == RELEASE, engine.isRelease(offset), cut + " at " + offset);
      }
    }
  }

  private static void edges(Engine engine, Geometry cut, Geometry.Zone zone, Consistency mode) {
    boolean release = mode == RELEASE;
    String where = cut + " " + zone;
    assertTrue(zone.bytes() > 0, where);
    assertEquals(release, engine.isRelease(zone.start()), where);
    assertEquals(release, engine.isRelease(zone.end() - 1), where);
    if (release) {
      assertEquals(false, engine.isRelease(zone.start() - 1), where);
      assertEquals(false, engine.isRelease(zone.end()), where);
    }
  }

  /** SEQUENTIAL for what is in no zone, too. */
  private static Consistency zoneOf(Geometry cut, long offset) {
    boolean release = in(cut.inTurn(RELEASE), offset);
    for (int node = 0; node < cut.nodes(); node++) {
      release |= in(cut.arena(node, RELEASE), offset);
    }
    return release ? RELEASE : SEQUENTIAL;
  }

  private static boolean in(Geometry.Zone zone, long offset) {
    return zone.start() <= offset && offset < zone.end();
  }

  private static Engine engine(Geometry cut) {
    EngineOptions options =
        new EngineOptions(
            0,
            cut.nodes(),
            1,
            1,
            cut.spaceBytes(),
            cut.arenaFirstByte(),
            16,
            0,
            0,
            0,
            0,
            0,
            0,
            false,
            0,
            Pager.BEST,
            0,
            0);
    return Engine.create(NativeLibrary.get(), options, EngineNetwork.LOOPBACK, peer -> {});
  }
}
