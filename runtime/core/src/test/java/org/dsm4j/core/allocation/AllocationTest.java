package org.dsm4j.core.allocation;

import static org.dsm4j.Consistency.RELEASE;
import static org.dsm4j.Consistency.SEQUENTIAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.dsm4j.Consistency;
import org.dsm4j.core.allocation.Region.Kind;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final long PAGE = 4096;
  private final Geometry geometry = new Geometry(1024 * PAGE, 512 * PAGE, PAGE, 3);

  @Test
  void arenasAreEqualDisjointAndInside() {
    assertEquals(170 * PAGE, geometry.arenaBytes());
    assertEquals(512 * PAGE, geometry.arenaStart(0));
    for (int node = 1; node < 3; node++) {
      assertEquals(
          geometry.arenaStart(node - 1) + geometry.arenaBytes(), geometry.arenaStart(node));
    }
    assertTrue(geometry.arenaStart(2) + geometry.arenaBytes() <= geometry.spaceBytes());
    assertThrows(IllegalArgumentException.class, () -> geometry.arenaStart(3));
  }

  @Test
  void geometryRefusesWhatDoesNotFit() {
    assertThrows(IllegalArgumentException.class, () -> new Geometry(100, 50, 3, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Geometry(8 * PAGE + 1, 4 * PAGE, PAGE, 1));
    assertThrows(IllegalArgumentException.class, () -> new Geometry(8 * PAGE, 8 * PAGE, PAGE, 1));
    assertThrows(IllegalArgumentException.class, () -> new Geometry(8 * PAGE, 4 * PAGE, PAGE, 5));
    assertThrows(IllegalArgumentException.class, () -> new Geometry(8 * PAGE, PAGE, PAGE, 1));
    assertThrows(IllegalArgumentException.class, () -> new Geometry(8 * PAGE, 4 * PAGE, PAGE, 0));
  }

  @Test
  void bumpNeverOverlapsAndKeepsAlignment() {
    Random random = new Random(2);
    BumpAllocator bump = new BumpAllocator(16, 1 << 20);
    long last = 16;
    while (true) {
      long bytes = 1 + random.nextInt(500);
      long alignment = 1L << random.nextInt(8);
      long start = bump.allocate(bytes, alignment);
      if (start == BumpAllocator.FULL) {
        break;
      }
      assertTrue(start >= last);
      assertEquals(0, start % alignment);
      last = start + bytes;
      assertTrue(last <= 1 << 20);
    }
    assertTrue(last > (1 << 20) - 1000, "used up to the end");
  }

  @Test
  void bumpFillsItsRangeExactly() {
    BumpAllocator bump = new BumpAllocator(0, 64);
    assertEquals(0, bump.allocate(64, 64));
    assertEquals(BumpAllocator.FULL, bump.allocate(1, 1));
    assertEquals(BumpAllocator.FULL, bump.allocate(Long.MAX_VALUE, 1));
    BumpAllocator high = new BumpAllocator(Long.MAX_VALUE - 10, Long.MAX_VALUE);
    assertEquals(BumpAllocator.FULL, high.allocate(4, 4096), "alignment past the highest number");
  }

  @Test
  void bumpIsSafeAmongThreads() {
    BumpAllocator bump = new BumpAllocator(0, 1 << 24);
    List<Long> starts = new ArrayList<>();
    IntStream.range(0, 20_000)
        .parallel()
        .mapToObj(i -> bump.allocate(8, 8))
        .sorted()
        .forEachOrdered(starts::add);
    for (int i = 0; i < starts.size(); i++) {
      assertEquals(i * 8L, starts.get(i));
    }
  }

  /** What the engine computes (dsm_core_mode), by its own words. */
  private static Consistency engine(Geometry geometry, long offset) {
    long page = offset / geometry.pageBytes();
    long arenas = geometry.arenaFirstByte() / geometry.pageBytes();
    long pages = geometry.spaceBytes() / geometry.pageBytes();
    if (page < arenas) {
      return page >= arenas / 2 ? RELEASE : SEQUENTIAL;
    }
    long arena = (pages - arenas) / geometry.nodes();
    long place = (page - arenas) - arena * Math.min(geometry.nodes() - 1, (page - arenas) / arena);
    return place >= arena / 2 && place < arena ? RELEASE : SEQUENTIAL;
  }

  @Test
  void zonesAreTheEnginesToThePage() {
    for (int nodes = 1; nodes <= 5; nodes++) {
      for (long first = 4; first <= 9; first++) {
        for (long rest = 2L * nodes; rest <= 4L * nodes + 3; rest++) {
          Geometry cut = new Geometry((first + rest) * PAGE, first * PAGE, PAGE, nodes);
          for (Consistency mode : Consistency.values()) {
            checkZone(cut, cut.inTurn(mode), mode);
            for (int node = 0; node < nodes; node++) {
              checkZone(cut, cut.arena(node, mode), mode);
            }
          }
          assertEquals(PAGE, cut.inTurn(SEQUENTIAL).start(), "page 0 stays free");
          assertEquals(cut.inTurn(SEQUENTIAL).end(), cut.inTurn(RELEASE).start());
          assertEquals(cut.arena(0, SEQUENTIAL).end(), cut.arena(0, RELEASE).start());
        }
      }
    }
  }

  private static void checkZone(Geometry cut, Geometry.Zone zone, Consistency mode) {
    assertTrue(zone.bytes() > 0, cut.toString());
    for (long page = zone.start(); page < zone.end(); page += PAGE) {
      assertEquals(mode, engine(cut, page), cut + " page " + page / PAGE);
    }
  }

  @Test
  void heapArenaStaysInItsArena() {
    HeapArena arena = new HeapArena(geometry, 1);
    Geometry.Zone small = geometry.arena(1, RELEASE);
    assertEquals(small.start(), arena.allocate(24, RELEASE));
    assertEquals(small.start() + PAGE, arena.allocate(PAGE + 1, RELEASE), "whole pages");
    assertEquals(geometry.arenaStart(1), arena.allocate(1, SEQUENTIAL));
    assertEquals(3 * PAGE, arena.used(RELEASE));
    assertTrue(arena.isLarge(64 * PAGE));
    assertTrue(!arena.isLarge(64 * PAGE - 1));
    assertThrows(IllegalArgumentException.class, () -> arena.allocate(0, RELEASE));
    assertEquals(BumpAllocator.FULL, arena.allocate(small.bytes(), RELEASE));
    assertEquals(small.start() + 3 * PAGE, arena.allocate(small.bytes() - 3 * PAGE, RELEASE));
    assertEquals(BumpAllocator.FULL, arena.allocate(1, RELEASE), "no byte of the next zone");
  }

  @Test
  void aRegionIsANumberBeyondTheSpace() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    Region frame = regions.allocate(Kind.REGION, "frame", 1, RELEASE, "");
    assertTrue(frame.offset() >= geometry.spaceBytes());
    assertEquals(frame, regions.allocate(Kind.REGION, "frame", 1, RELEASE, ""));
    assertEquals(frame, regions.free(frame.offset()));
    assertNull(regions.free(frame.offset()), "once");
    Region fresh = regions.allocate(Kind.REGION, "frame", 1, RELEASE, "");
    assertNotEquals(frame.offset(), fresh.offset(), "the same name is a fresh region");
  }

  @Test
  void heapBlocksAreFreedOneBehindTheOther() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    Region first = regions.allocate(Kind.HEAP, "", PAGE + 1, RELEASE, "");
    regions.allocate(Kind.HEAP, "", PAGE, RELEASE, "");
    Region memory = regions.allocate(Kind.MEMORY, "m", PAGE, RELEASE, "");
    assertFalse(regions.freeHeap(first.offset(), 2 * PAGE + 1), "no end of a block");
    assertFalse(regions.freeHeap(memory.offset(), PAGE), "no heap block");
    assertFalse(regions.freeHeap(memory.offset() + PAGE, PAGE), "was never allocated");
    regions = new Regions(geometry);
    Region again = regions.allocate(Kind.HEAP, "", PAGE + 1, RELEASE, "");
    regions.allocate(Kind.HEAP, "", PAGE, RELEASE, "");
    regions.free(again.offset());
    assertTrue(regions.freeHeap(first.offset(), 3 * PAGE), "one was freed before");
    assertEquals(0, regions.count());
  }

  @Test
  void oneNameIsOneRegion() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    Region a = regions.allocate(Kind.MEMORY, "a", 100, SEQUENTIAL, "");
    Region b = regions.allocate(Kind.MEMORY, "b", PAGE + 1, SEQUENTIAL, "");
    assertEquals(PAGE, a.offset(), "page 0 stays free: offset 0 is null");
    assertEquals(2 * PAGE, b.offset());
    assertEquals(a, regions.allocate(Kind.MEMORY, "a", 100, SEQUENTIAL, ""));
    Region statics = regions.allocate(Kind.STATICS, "a", 16, RELEASE, "a{I x@0}");
    assertEquals(
        geometry.inTurn(RELEASE).start(), statics.offset(), "a class and a memory share a name");
    assertEquals(3, regions.count());
  }

  @Test
  void aClassHasABlockForEachProtocol() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    Region plain = regions.allocate(Kind.STATICS, "p.C", 16, RELEASE, "I x; volatile I y");
    Region other = regions.allocate(Kind.STATICS, "p.C", 8, SEQUENTIAL, "I x; volatile I y");
    assertEquals(geometry.inTurn(RELEASE).start(), plain.offset());
    assertEquals(PAGE, other.offset());
    assertEquals(other, regions.allocate(Kind.STATICS, "p.C", 8, SEQUENTIAL, "I x; volatile I y"));
    refusal(regions, Kind.STATICS, "p.C", 16, SEQUENTIAL, "volatile I x; volatile I y");
  }

  @Test
  void contradictionsNameBothValues() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    regions.allocate(Kind.MEMORY, "a", 100, SEQUENTIAL, "");
    regions.allocate(Kind.STATICS, "p.C", 16, RELEASE, "p.C{I x@0}");
    String size = refusal(regions, Kind.MEMORY, "a", 200, SEQUENTIAL, "");
    assertTrue(size.contains("100") && size.contains("200"), size);
    String mode = refusal(regions, Kind.MEMORY, "a", 100, RELEASE, "");
    assertTrue(mode.contains("SEQUENTIAL") && mode.contains("RELEASE"), mode);
    for (Consistency block : Consistency.values()) {
      String layout = refusal(regions, Kind.STATICS, "p.C", 16, block, "p.C{F x@0}");
      assertTrue(layout.contains("p.C{I x@0}") && layout.contains("p.C{F x@0}"), layout);
    }
    assertNotNull(refusal(regions, Kind.MEMORY, "n", 0, RELEASE, ""));
  }

  @Test
  void aFreedNameIsFreshAndItsAddressIsGone() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    Region a = regions.allocate(Kind.MEMORY, "a", 100, SEQUENTIAL, "");
    assertEquals(a, regions.free(a.offset()));
    assertNull(regions.free(a.offset()), "once");
    Region again = regions.allocate(Kind.MEMORY, "a", 200, SEQUENTIAL, "");
    assertNotEquals(a.offset(), again.offset());
    regions.free(again.offset());
    assertEquals(RELEASE, regions.allocate(Kind.MEMORY, "a", 200, RELEASE, "").mode());
  }

  @Test
  void aFullSpaceSaysSoAndStaysUsable() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    Geometry.Zone zone = geometry.inTurn(RELEASE);
    assertTrue(
        refusal(regions, Kind.MEMORY, "big", zone.bytes() + 1, RELEASE, "").contains("space"));
    assertNotNull(refusal(regions, Kind.HEAP, "", Long.MAX_VALUE, RELEASE, ""));
    Region fits = regions.allocate(Kind.HEAP, "", zone.bytes(), RELEASE, "");
    assertEquals(zone.start(), fits.offset());
    assertNotNull(refusal(regions, Kind.HEAP, "", 1, RELEASE, ""));
    assertEquals(PAGE, regions.allocate(Kind.HEAP, "", 1, SEQUENTIAL, "").offset());
  }

  private static String refusal(
      Regions regions, Kind kind, String name, long bytes, Consistency mode, String traits) {
    return assertThrows(
            Regions.Refused.class, () -> regions.allocate(kind, name, bytes, mode, traits))
        .getMessage();
  }
}
