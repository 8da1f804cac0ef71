package org.dsm4j.core.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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

  @Test
  void heapArenaStaysInItsArena() {
    HeapArena arena = new HeapArena(geometry, 1);
    assertEquals(geometry.arenaStart(1), arena.allocate(24, 16));
    assertEquals(geometry.arenaStart(1) + 32, arena.allocate(1, 16));
    assertTrue(arena.isLarge(64 * PAGE));
    assertTrue(!arena.isLarge(64 * PAGE - 1));
    assertThrows(IllegalArgumentException.class, () -> arena.allocate(8, 8192));
    assertThrows(IllegalArgumentException.class, () -> arena.allocate(0, 8));
    assertEquals(BumpAllocator.FULL, arena.allocate(geometry.arenaBytes(), 16));
  }

  @Test
  void oneNameIsOneRegion() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    Region a = regions.allocate(Kind.MEMORY, "a", 100, "SEQUENTIAL");
    Region b = regions.allocate(Kind.MEMORY, "b", PAGE + 1, "SEQUENTIAL");
    assertEquals(PAGE, a.offset(), "page 0 stays free: offset 0 is null");
    assertEquals(2 * PAGE, b.offset());
    assertEquals(a, regions.allocate(Kind.MEMORY, "a", 100, "SEQUENTIAL"));
    Region statics = regions.allocate(Kind.STATICS, "a", 16, "a{I x@0}");
    assertEquals(4 * PAGE, statics.offset(), "a class and a memory may share a name");
    assertEquals(3, regions.count());
  }

  @Test
  void contradictionsNameBothValues() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    regions.allocate(Kind.MEMORY, "a", 100, "SEQUENTIAL");
    regions.allocate(Kind.STATICS, "p.C", 16, "p.C{I x@0}");
    String size = refusal(regions, Kind.MEMORY, "a", 200, "SEQUENTIAL");
    assertTrue(size.contains("100") && size.contains("200"), size);
    String mode = refusal(regions, Kind.MEMORY, "a", 100, "RELEASE");
    assertTrue(mode.contains("SEQUENTIAL") && mode.contains("RELEASE"), mode);
    String layout = refusal(regions, Kind.STATICS, "p.C", 16, "p.C{F x@0}");
    assertTrue(layout.contains("p.C{I x@0}") && layout.contains("p.C{F x@0}"), layout);
    assertNotNull(refusal(regions, Kind.MEMORY, "n", 0, ""));
  }

  @Test
  void aFreedNameIsFreshAndItsAddressIsGone() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    Region a = regions.allocate(Kind.MEMORY, "a", 100, "SEQUENTIAL");
    assertEquals(a, regions.free(a.offset()));
    assertNull(regions.free(a.offset()), "once");
    Region again = regions.allocate(Kind.MEMORY, "a", 200, "RELEASE");
    assertNotEquals(a.offset(), again.offset());
  }

  @Test
  void aFullSpaceSaysSoAndStaysUsable() throws Regions.Refused {
    Regions regions = new Regions(geometry);
    assertTrue(refusal(regions, Kind.MEMORY, "big", 512 * PAGE, "").contains("space"));
    assertNotNull(refusal(regions, Kind.HEAP, "", Long.MAX_VALUE, ""));
    Region fits = regions.allocate(Kind.HEAP, "", 511 * PAGE, "");
    assertEquals(PAGE, fits.offset());
    assertNotNull(refusal(regions, Kind.HEAP, "", 1, ""));
  }

  private static String refusal(
      Regions regions, Kind kind, String name, long bytes, String traits) {
    return assertThrows(Regions.Refused.class, () -> regions.allocate(kind, name, bytes, traits))
        .getMessage();
  }
}
