package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dsm4j.load.ManyClasses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quick look at class files passes over classes that are tied to nothing shared. */
class ClassScanTest {
  @Test
  void seesTheAnnotation() throws IOException {
    assertTrue(ClassScan.of(file("org/dsm4j/e2e/programs/SharedObjects")).mentionsShared());
    assertFalse(ClassScan.of(file("org/dsm4j/e2e/Lines")).mentionsShared());
  }

  @Test
  void findsWhatAClassIsWrittenWithin() throws IOException {
    for (String name : List.of("SharedObjects$Node", "ArraysTour$Suit", "ArraysTour")) {
      byte[] file = file("org/dsm4j/e2e/programs/" + name);
      ClassScan scan = ClassScan.of(file);
      assertEquals(ClassFacts.read(file).outer.size(), name.contains("$") ? 1 : 0);
      assertTrue(scan.ties().containsAll(ClassFacts.read(file).outer), name);
    }
  }

  @Test
  void leavesWhatIsNoClassFile() throws IOException {
    byte[] file = file("org/dsm4j/e2e/programs/SharedObjects");
    assertNull(ClassScan.of(Arrays.copyOf(file, 4)));
    assertNull(ClassScan.of(Arrays.copyOf(file, file.length / 3)));
    byte[] newer = file.clone();
    newer[6] = 1;
    assertNull(ClassScan.of(newer));
  }

  /** What a program of many classes costs is that nearly none of them is parsed. */
  @Test
  void passesOverClassesThatTouchNothingShared(@TempDir Path folder) throws IOException {
    Map<String, byte[]> classes = ManyClasses.generate(folder, 240);
    Map<String, Integer> reads = new TreeMap<>();
    PlainClasses plain =
        new PlainClasses(
            name -> {
              reads.merge(name, 1, Integer::sum);
              return classes.get(name);
            });
    Set<String> looked = new TreeSet<>();
    for (Map.Entry<String, byte[]> each : classes.entrySet()) {
      ClassScan scan = ClassScan.of(each.getValue());
      assertTrue(plain.define(each.getKey(), scan), each.getKey());
      if (PlainClassRewriter.concerns(each.getValue(), scan.pool())) {
        looked.add(each.getKey().substring(each.getKey().lastIndexOf('/') + 1));
      }
    }
    assertTrue(looked.containsAll(Set.of("Entity", "Statistics", "Stock")), looked::toString);
    assertTrue(looked.size() <= 8, () -> "of 24 classes, these are parsed: " + looked);
    assertTrue(reads.size() < classes.size() / 2, () -> reads.size() + " were read ahead");
    assertEquals(Set.of(1), Set.copyOf(reads.values()), "each at most once");
  }

  /** A class without a file, that turns out to be shared when others have been decided. */
  @Test
  void remembersWhatWasTakenForPlain(@TempDir Path folder) throws IOException {
    byte[] user = ManyClasses.generate(folder, 24).get("shop/c0/Checkout");
    PlainClasses plain = new PlainClasses(name -> null);
    assertTrue(plain.define("shop/c0/Checkout", ClassScan.of(user)));
    assertTrue(plain.wasTakenForPlain("shop/c0/Settings"));
    assertFalse(plain.wasTakenForPlain("shop/c0/Unasked"));
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in =
        ClassScanTest.class.getClassLoader().getResourceAsStream(name + ".class")) {
      return in.readAllBytes();
    }
  }
}
