package org.dsm4j.samples.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches of any size lie within their bank, each element once, where the placement wants them. */
class BankTest {
  @ParameterizedTest
  @CsvSource({"1, 48", "4, 48", "8, 48", "1, 256", "4, 256", "8, 256"})
  void everyVariableHasAnElementOfItsOwn(int elementBytes, int pages) {
    int elements = pages * Bank.PAGE_BYTES / elementBytes;
    Bank bank = new Bank(elements, elementBytes, null);
    SplittableRandom random = new SplittableRandom(pages);
    for (int round = 0; round < 2000; round++) {
      int variables = 1 + random.nextInt(4);
      int instances = 8 + random.nextInt(Batch.INSTANCES_MAX - 7);
      Placement placement = Placement.values()[random.nextInt(2)];
      Spread spread = bank.place(placement, variables, instances, random);
      Set<Integer> seen = new HashSet<>();
      for (int instance = 0; instance < instances; instance++) {
        for (int variable = 0; variable < variables; variable++) {
          int index = spread.index(variable, instance);
          assertTrue(index >= 0 && index < elements, () -> spread + " leaves " + elements);
          assertTrue(seen.add(index), () -> spread + " has one element twice");
        }
      }
      if (variables > 1) {
        long apart = (long) (spread.index(1, 0) - spread.index(0, 0)) * elementBytes;
        assertEquals(placement == Placement.APART, apart >= Bank.PAGE_BYTES, spread::toString);
        assertEquals(placement == Placement.SAME, apart == elementBytes, spread::toString);
      }
    }
  }
}
