package org.dsm4j.e2e.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.SharedRegion;

/**
 * Regions between nodes: what one makes in one, others use, and anybody frees. Each argument names
 * a part and how large it is: "once:1".
 */
public final class RegionsTour {
  private RegionsTour() {}

  @Shared
  static class Item {
    final int id;
    Item next;
    String text;
    Object value;
    int[] numbers;

    Item(int id) {
      this.id = id;
    }
  }

  @Shared
  static class Signal {
    volatile int round;
    volatile Item item;
  }

  @Shared static Item head;
  @Shared static Item outside;
  @Shared static Item[] items;
  @Shared static Signal signal;
  @Shared static String text;
  @Shared static long sum;

  /** Runs the parts; prints "ok" on every node at its end. */
  public static void main(String[] args) throws Exception {
    for (String part : args) {
      int size = Integer.parseInt(part.substring(part.indexOf(':') + 1));
      switch (part.substring(0, part.indexOf(':'))) {
        case "once" -> once();
        case "many" -> many(size);
        case "singly" -> singly(size);
        case "passed" -> passed(size);
        case "scopes" -> scopes();
        case "racing" -> racing(size);
        case "random" -> random(size);
        default -> throw new IllegalArgumentException(part);
      }
      Dsm.barrier();
    }
    System.out.println("ok " + Dsm.node());
  }

  /** What the first node makes in a region, the last frees, and all are told. */
  private static void once() {
    int last = Dsm.nodes() - 1;
    SharedRegion region = Dsm.region("once");
    check(region == Dsm.region("once"), "one object of a region");
    Item alone = null;
    if (Dsm.node() == 0) {
      outside = new Item(1);
      try (SharedRegion.Scope scope = region.enter()) {
        check(scope.region() == region, "the scope's region");
        alone = new Item(2);
        head = new Item(3);
        head.next = new Item(4);
        head.text = "a string of more than seven characters";
        head.value = Math.PI;
        head.numbers = new @Shared int[] {1, 2, 3};
        items = new @Shared Item[] {head};
        signal = new Signal();
        signal.item = head.next;
        outside.text = "the same string, if it is stored again";
        text = "a string that lies in a region";
      }
      outside.next = new Item(5);
      outside.value = Math.E;
      check(region.bytes() > 0, "bytes " + region.bytes());
    }
    Dsm.barrier();
    Item kept = head;
    Item[] array = items;
    @Shared int[] numbers = head.numbers;
    check(kept.id == 3 && kept.next.id == 4 && (double) kept.value == Math.PI, "what was made");
    check(array[0] == kept && numbers[2] == 3 && signal.item == kept.next, "one handle each");
    check(text.equals("a string that lies in a region"), text);
    Dsm.barrier();
    if (Dsm.node() == last) {
      Dsm.free(region);
    }
    Dsm.barrier();
    check(region.isFreed() && region.bytes() == 0, "freed");
    Item gone = alone;
    if (gone != null) {
      fails("what nobody else knew", () -> gone.id);
    }
    fails("the handle", () -> kept.id);
    fails("a field of it", () -> kept.next);
    fails("a store", () -> kept.next = null);
    fails("the reference", () -> head.id);
    fails("an element", () -> array[0]);
    fails("an array", () -> numbers[0]);
    fails("a static array", () -> items.length);
    fails("an object of another protocol", () -> signal.item);
    fails("a string", () -> text.length());
    fails("a string in a field of an object that lives", () -> outside.text.length());
    fails("a scope", () -> region.enter());
    fails(
        "a second free",
        () -> {
          region.free();
          return 0;
        });
    check(outside.id == 1 && outside.next.id == 5 && (double) outside.value == Math.E, "the rest");
    SharedRegion fresh = Dsm.region("once");
    check(fresh != region && !fresh.isFreed(), "a fresh region");
    Dsm.barrier();
    if (Dsm.node() == last) {
      try (SharedRegion.Scope scope = fresh.enter()) {
        head = new Item(6);
        head.text = "the same string, if it is stored again";
      }
    }
    Dsm.barrier();
    check(head.id == 6 && head.text.length() == 38, "made anew");
    Dsm.barrier();
    if (Dsm.node() == 0) {
      fresh.free();
    }
    Dsm.barrier();
    fails("it is gone, too", () -> head.id);
  }

  /** Many regions come and go; memory stays as it was, on every node. */
  private static void many(int regions) {
    long before = 0;
    for (int i = 0; i < regions; i++) {
      SharedRegion region = Dsm.region("many " + Dsm.node());
      try (SharedRegion.Scope scope = region.enter()) {
        @Shared byte[] page = new @Shared byte[3000];
        page[i % 3000] = 1;
        Item item = new Item(i);
        item.next = new Item(-i);
        check(item.next.id == -i, "item " + i);
      }
      region.free();
      if (i == regions / 10) {
        before = shared();
      }
    }
    Dsm.barrier();
    flat(before, "after " + regions + " regions");
  }

  /** Objects that are made and freed one by one take no more memory than one page or so. */
  private static void singly(int objects) {
    long before = 0;
    for (int i = 0; i < objects; i++) {
      Item item = new Item(i);
      item.value = i;
      check(item.id == i, "item " + i);
      Dsm.free(item);
      if (i == objects / 10) {
        before = shared();
      }
    }
    Dsm.barrier();
    flat(before, "after " + objects + " objects");
  }

  /** The same of objects that each node has seen, and another one frees. */
  private static void passed(int objects) {
    int next = (Dsm.node() + 1) % Dsm.nodes();
    if (Dsm.node() == 0) {
      items = new @Shared Item[Dsm.nodes()];
    }
    Dsm.barrier();
    long before = 0;
    Item kept = null;
    for (int round = 0; round < objects; round++) {
      Item mine = new Item(round);
      items[Dsm.node()] = mine;
      mine.value = round;
      mine.numbers = new @Shared int[900];
      mine.numbers[round % 900] = round;
      Dsm.barrier();
      Item other = items[next];
      check(other.id == round && other.value.equals(round), "item " + round);
      check(other.numbers[round % 900] == round, "number " + round);
      other.value = -round;
      other.numbers[899 - round % 900] = 1;
      Dsm.barrier();
      check(mine.value.equals(-round), "changed " + mine.value);
      Dsm.barrier();
      other.numbers[0]++;
      Dsm.free(other.numbers);
      Dsm.free(other);
      Dsm.barrier();
      fails("what another node freed", () -> mine.id);
      if (kept != null) {
        Item old = kept;
        fails("what was freed a round ago", () -> old.id);
      }
      kept = other;
      Dsm.barrier();
      if (round == objects / 10) {
        before = shared();
      }
    }
    flat(before, "after " + objects + " objects");
  }

  /** Scopes are a thread's own, nest, and end with it. */
  private static void scopes() throws InterruptedException {
    SharedRegion outer = Dsm.region("outer " + Dsm.node());
    SharedRegion inner = Dsm.region("inner " + Dsm.node());
    Item inOuter;
    Item inInner;
    Item after;
    SharedRegion.Scope first = outer.enter();
    SharedRegion.Scope second = inner.enter();
    inInner = new Item(1);
    fails("a scope that is not the last", () -> close(first));
    Thread other = new Thread(() -> fails("another thread's scope", () -> close(second)));
    other.start();
    other.join();
    second.close();
    second.close();
    inOuter = new Item(2);
    first.close();
    after = new Item(3);
    check(Tag.VALUE.id == 7, "a constant of a class that is met in no scope");
    Item[] dies = new Item[1];
    Thread ends =
        new Thread(
            () -> {
              inner.enter();
              dies[0] = new Item(4);
            });
    ends.start();
    ends.join();
    inner.free();
    fails("the inner region's", () -> inInner.id);
    fails("that of a thread that ended", () -> dies[0].id);
    check(inOuter.id == 2 && after.id == 3, "the outer region's");
    outer.free();
    fails("the outer region's", () -> inOuter.id);
    check(after.id == 3, "what was made outside");
    Dsm.barrier();
  }

  private static Object close(SharedRegion.Scope scope) {
    scope.close();
    return null;
  }

  static final class Tag {
    static final Item VALUE = new Item(7);

    private Tag() {}
  }

  /** A region is freed while threads are in scopes of it. */
  private static void racing(int rounds) throws InterruptedException {
    for (int round = 0; round < rounds; round++) {
      SharedRegion region = Dsm.region("racing");
      List<Item> made = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch some = new CountDownLatch(50);
      Runnable maker =
          () -> {
            try (SharedRegion.Scope scope = region.enter()) {
              while (true) {
                Item item = new Item(made.size());
                made.add(item);
                if (made.size() > 1000) {
                  made.remove(0);
                }
                some.countDown();
              }
            } catch (IllegalStateException freed) {
              check(region.isFreed(), freed.toString());
            }
          };
      Thread[] makers = {new Thread(maker), new Thread(maker)};
      Dsm.barrier();
      for (Thread thread : makers) {
        thread.start();
      }
      check(some.await(20, TimeUnit.SECONDS), "nothing was made");
      Dsm.barrier();
      if (Dsm.node() == round % Dsm.nodes()) {
        region.free();
      }
      for (Thread thread : makers) {
        thread.join();
      }
      Dsm.barrier(); // a node may see a region freed a little before everything in it is
      for (Item item : made) {
        fails("what was made while it was freed", () -> item.id);
      }
      Dsm.barrier();
    }
  }

  /** What each slot holds, by the same random numbers on every node. */
  private static final class Slot {
    int id;
    int region = -1;
    boolean lives;
  }

  /** One node after the other makes and frees; all compare with the model. */
  private static void random(int steps) {
    Random random = new Random(steps);
    Slot[] model = new Slot[40];
    if (Dsm.node() == 0) {
      items = new @Shared Item[model.length];
    }
    Dsm.barrier();
    int regions = 4;
    for (int step = 0; step < steps; step++) {
      boolean acts = random.nextInt(Dsm.nodes()) == Dsm.node();
      for (int action = 0; action < 30; action++) {
        int at = random.nextInt(model.length);
        int region = random.nextInt(2 * regions) - regions;
        int kind = random.nextInt(20);
        if (kind == 0 && region >= 0) {
          for (Slot slot : model) {
            if (slot != null && slot.region == region) {
              slot.lives = false;
            }
          }
          if (acts) {
            Dsm.free(Dsm.region("random " + region));
          }
        } else if (kind < 8 && model[at] != null && model[at].lives) {
          model[at].lives = false;
          if (acts) {
            Dsm.free(items[at]);
          }
        } else if (kind >= 8) {
          model[at] = new Slot();
          model[at].id = step * 100 + action;
          model[at].region = Math.max(region, -1);
          model[at].lives = true;
          if (acts) {
            make(at, model[at]);
          }
        }
      }
      Dsm.barrier();
      for (int at = 0; at < model.length; at++) {
        Slot slot = model[at];
        int index = at;
        if (slot == null) {
          check(items[at] == null, "slot " + at);
        } else if (slot.lives) {
          Item item = items[at];
          check(item.id == slot.id && item.text.equals(text(slot.id)), "item " + slot.id);
          check(item.numbers[item.numbers.length - 1] == slot.id, "numbers of " + slot.id);
        } else {
          fails("item " + slot.id, () -> items[index].id);
        }
      }
      Dsm.barrier();
    }
  }

  private static void make(int at, Slot slot) {
    try (SharedRegion.Scope scope =
        slot.region < 0 ? null : Dsm.region("random " + slot.region).enter()) {
      Item item = new Item(slot.id);
      item.text = text(slot.id);
      item.numbers = new @Shared int[1 + slot.id % 1500];
      item.numbers[item.numbers.length - 1] = slot.id;
      items[at] = item;
    }
  }

  private static String text(int id) {
    return "the text of item " + id % 50;
  }

  private static void flat(long before, String when) {
    long after = shared();
    check(
        after - before < (1L << 20) + (1L << 19),
        when + " " + before + " bytes of shared memory were " + after);
  }

  /** Bytes of shared memory that this process really has. */
  private static long shared() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("RssShmem:")) {
          return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      throw new AssertionError("no RssShmem in /proc/self/status");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Use {
    Object use();
  }

  private static void fails(String what, Use use) {
    Object got;
    try {
      got = use.use();
    } catch (IllegalStateException expected) {
      return;
    }
    check(false, what + " was used after it was freed: " + got);
  }

  private static void check(boolean right, String what) {
    if (!right) {
      throw new AssertionError("node " + Dsm.node() + ": " + what);
    }
  }
}
