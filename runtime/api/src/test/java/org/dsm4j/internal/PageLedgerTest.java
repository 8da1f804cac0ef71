package org.dsm4j.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PageLedgerTest {
  private static final long PAGE = 4096;
  private static final long BASE = 1L << 40;
  private static final long SECOND = 1_000_000_000;

  private final List<long[]> given = new ArrayList<>();
  private final PageLedger ledger = new PageLedger((spans, mayWait) -> given.add(spans));
  private long now = SECOND;

  private void free(long offset, long bytes) {
    ledger.freed(BASE + offset, bytes, () -> now, true);
  }

  @Test
  void aPageIsGivenBackWhenAllOfItIsFree() {
    free(0, 2048);
    free(3072, 1024);
    free(0, 2048); // twice counts once
    assertEquals(0, given.size());
    free(2048, 1024);
    assertArrayEquals(new long[] {BASE, PAGE}, given.get(0));
    assertEquals(0, ledger.pagesHeld());
  }

  @Test
  void aBlockMayLieInTwoPages() {
    free(0, PAGE - 64);
    free(PAGE + 64, PAGE - 64);
    assertEquals(2, ledger.pagesHeld());
    free(PAGE - 64, 128);
    assertArrayEquals(new long[] {BASE, 2 * PAGE}, given.get(0));
  }

  @Test
  void oneMessageTellsOfMany() {
    free(0, PAGE);
    assertEquals(1, given.size(), "the first at once");
    for (int page = 1; page < PageLedger.PENDING_MAX / 2; page++) {
      free(page * PAGE, PAGE);
    }
    assertEquals(1, given.size());
    free(PageLedger.PENDING_MAX / 2 * PAGE, PAGE);
    assertArrayEquals(
        new long[] {BASE + PAGE, PageLedger.PENDING_MAX / 2 * PAGE}, given.get(1), "coalesced");
    free(900 * PAGE, PAGE);
    ledger.flush(now);
    assertEquals(2, given.size(), "not yet");
    ledger.flush(now + SECOND);
    assertArrayEquals(new long[] {BASE + 900 * PAGE, PAGE}, given.get(2));
  }

  @Test
  void whatOthersGiveBackIsForgotten() {
    free(16, 32);
    free(3 * PAGE, 16);
    ledger.forget(BASE, 2 * PAGE);
    assertEquals(1, ledger.pagesHeld());
  }

  /** Blocks of all sizes are handed out and freed in any order: against a set of their granules. */
  @Test
  void agreesWithAModel() {
    Random random = new Random(11);
    Map<Long, Set<Long>> inUse = new HashMap<>();
    List<long[]> blocks = new ArrayList<>();
    long end = 0;
    for (int step = 0; step < 40_000; step++) {
      if (blocks.size() < 300 || random.nextBoolean() && end < 600 * PAGE) {
        long bytes = 16L * (1 + random.nextInt(random.nextInt(4) == 0 ? 257 : 8));
        blocks.add(new long[] {end, bytes});
        for (long at = end; at < end + bytes; at += 16) {
          inUse.computeIfAbsent(at / PAGE, page -> new HashSet<>()).add(at);
        }
        end += bytes;
      } else if (!blocks.isEmpty()) {
        long[] block = blocks.remove(random.nextInt(blocks.size()));
        for (long at = block[0]; at < block[0] + block[1]; at += 16) {
          inUse.get(at / PAGE).remove(at);
        }
        now += SECOND;
        int before = given.size();
        free(block[0], block[1]);
        for (long[] spans : given.subList(before, given.size())) {
          for (int i = 0; i < spans.length; i += 2) {
            for (long at = spans[i] - BASE; at < spans[i] - BASE + spans[i + 1]; at += PAGE) {
              long page = at / PAGE;
              assertTrue((page + 1) * PAGE <= end, "is still handed out");
              assertTrue(inUse.get(page).isEmpty(), "is in use");
              inUse.remove(page);
            }
          }
        }
      }
    }
    long last = end / PAGE;
    inUse.forEach((page, used) -> assertFalse(used.isEmpty() && page < last, "not given back"));
    assertTrue(given.size() > 50, given.size() + " pages were given back");
  }

  @Test
  void freedPagesAreKnownForEver() {
    FreedPages freed = new FreedPages();
    assertFalse(freed.contains(BASE));
    freed.add(BASE + 1, 3 * PAGE);
    assertFalse(freed.contains(BASE), "not wholly");
    assertTrue(freed.contains(BASE + PAGE) && freed.contains(BASE + 3 * PAGE - 1));
    assertFalse(freed.contains(BASE + 3 * PAGE));
    assertFalse(freed.contains(BASE + (1L << 28)), "another block of bits");
    assertTrue(freed.contains(BASE + PAGE), "and back");
    assertEquals(1, freed.blocksHeld());
    freed.add(BASE, 1L << 28);
    freed.add(BASE + (1L << 28), 2L << 28);
    assertEquals(0, freed.blocksHeld(), "full blocks cost nothing");
    assertTrue(freed.contains(BASE) && freed.contains(BASE + (3L << 28) - 1));
    assertFalse(freed.contains(BASE + (3L << 28)) || freed.contains(BASE - 1));
  }
}
