package org.dsm4j.e2e.programs;

import org.dsm4j.Shared;

/** Stops where a debugger looks at a shared object. */
public final class Debugged {
  private Debugged() {}

  @Shared
  static class Item {
    int number = 42;
    final String text = "a text that is long";
    volatile double weight = 2.5;
    Item next;
  }

  @Shared static Item item;

  /** Makes an object and shows it. */
  public static void main(String[] args) {
    item = new Item();
    item.next = new Item();
    item.next.number = 43;
    look(item);
  }

  static void look(Item seen) {
    System.out.println(seen.number);
  }
}
