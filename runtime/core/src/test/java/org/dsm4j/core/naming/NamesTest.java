package org.dsm4j.core.naming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void isTheSameEverywhereAndNeverAnAddress() {
    Set<Long> ids = new HashSet<>();
    Names here = new Names();
    Names there = new Names();
    for (int i = 0; i < 10_000; i++) {
      String name = "lock:" + i;
      long id = here.id(name);
      assertEquals(id, there.id(name));
      assertEquals(id, here.id(name));
      assertTrue(id < 0, "highest bit");
      assertTrue(ids.add(id));
    }
  }

  @Test
  void isFixedAcrossVersions() {
    // Nodes of one version meet only each other, but a recorded trace should stay readable.
    assertEquals(
        0xba7816bf8f01cfeaL, Names.hash("abc"), "SHA-256 of abc begins with ba7816bf8f01cfea");
  }

  @Test
  void namesAreFoundAgain() {
    Names names = new Names();
    long id = names.id("class:a.B");
    assertEquals("class:a.B", names.nameOf(id));
    assertNull(names.nameOf(id + 1));
    assertNotEquals(id, names.id("class:a.C"));
  }
}
