package org.dsm4j.core.allocation;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.dsm4j.Consistency;

/**
 * The regions of the cyclic part of the space, by name: the first who asks for a name allocates,
 * later ones get the same region if they ask for the same thing. Not thread-safe: the manager's.
 */
public final class Regions {
  /** A request that contradicts what is there; the message says how and what to do. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** A class has two regions, a memory of a name one: {@code mode} is null for those. */
  private record Key(Region.Kind kind, String name, Consistency mode) {
    static Key of(Region.Kind kind, String name, Consistency mode) {
      return new Key(kind, name, kind == Region.Kind.STATICS ? mode : null);
    }
  }

  private final Geometry geometry;
  private final Map<Consistency, BumpAllocator> bumps = new EnumMap<>(Consistency.class);
  private final Map<Key, Region> named = new HashMap<>();
  private final Map<String, String> layouts = new HashMap<>();
  private final Map<Long, Region> byOffset = new HashMap<>();
  private long nextNumber;

  /** No regions yet. */
  public Regions(Geometry geometry) {
    this.geometry = geometry;
    this.nextNumber = geometry.spaceBytes();
    for (Consistency mode : Consistency.values()) {
      Geometry.Zone zone = geometry.inTurn(mode);
      bumps.put(mode, new BumpAllocator(zone.start(), zone.end()));
    }
  }

  /**
   * The region of a name; for {@link Region.Kind#HEAP} always a new one.
   *
   * @throws Refused if the name is there with another size, consistency or layout, or the space is
   *     used up
   */
  public Region allocate(Region.Kind kind, String name, long bytes, Consistency mode, String traits)
      throws Refused {
    if (bytes <= 0) {
      throw new Refused(
          kind.word() + " \"" + name + "\" of " + bytes + " bytes; 1 or more are allowed");
    }
    if (kind == Region.Kind.HEAP) {
      return place(kind, "", bytes, mode, "");
    }
    if (kind == Region.Kind.REGION) {
      return number(name);
    }
    if (kind == Region.Kind.STATICS) {
      compareLayouts(name, traits);
    }
    Region known = named.get(Key.of(kind, name, mode));
    if (known == null) {
      return place(kind, name, bytes, mode, traits);
    }
    compare(known, bytes, mode);
    return known;
  }

  /** A region's offset is but its number: nothing lies there. */
  private Region number(String name) {
    return named.computeIfAbsent(
        Key.of(Region.Kind.REGION, name, Consistency.RELEASE),
        key -> {
          Region fresh =
              new Region(Region.Kind.REGION, name, nextNumber++, 0, Consistency.RELEASE, "");
          byOffset.put(fresh.offset(), fresh);
          return fresh;
        });
  }

  private Region place(Region.Kind kind, String name, long bytes, Consistency mode, String traits)
      throws Refused {
    BumpAllocator bump = bumps.get(mode);
    long offset = BumpAllocator.FULL;
    if (bytes <= geometry.spaceBytes()) {
      offset = bump.allocate(geometry.roundToPages(bytes), geometry.pageBytes());
    }
    if (offset == BumpAllocator.FULL) {
      throw new Refused(
          kind.word()
              + (name.isEmpty() ? "" : " \"" + name + "\"")
              + ": "
              + bytes
              + " bytes do not fit in the rest of the shared space for "
              + mode
              + " memory ("
              + bump.used()
              + " of "
              + geometry.inTurn(mode).bytes()
              + " bytes are used, freed ones included); widen the setting space");
    }
    Region region = new Region(kind, name, offset, bytes, mode, traits);
    byOffset.put(offset, region);
    if (kind != Region.Kind.HEAP) {
      named.put(Key.of(kind, name, mode), region);
    }
    if (kind == Region.Kind.STATICS) {
      layouts.put(name, traits);
    }
    return region;
  }

  /** Both regions of a class have one fingerprint. */
  private void compareLayouts(String owner, String layout) throws Refused {
    String known = layouts.get(owner);
    if (known != null && !known.equals(layout)) {
      throw new Refused(
          "class "
              + owner
              + " has the layout "
              + layout
              + " here but "
              + known
              + " on another node; run the same version of the program everywhere");
    }
  }

  private static void compare(Region known, long bytes, Consistency mode) throws Refused {
    if (known.bytes() != bytes) {
      throw new Refused(
          known.kind().word()
              + " \""
              + known.name()
              + "\" has "
              + known.bytes()
              + " bytes and was asked for with "
              + bytes
              + "; name the same size everywhere");
    }
    if (known.mode() != mode) {
      throw new Refused(
          known.kind().word()
              + " \""
              + known.name()
              + "\" is "
              + known.mode()
              + " and was asked for as "
              + mode
              + "; name the same consistency everywhere");
    }
  }

  /**
   * Forgets a region; its name may be used anew, its addresses never.
   *
   * @return what was there, or null if no region of the cyclic part starts at that offset (any
   *     more)
   */
  public Region free(long offset) {
    Region region = byOffset.remove(offset);
    if (region != null && region.kind() != Region.Kind.HEAP) {
      named.remove(Key.of(region.kind(), region.name(), region.mode()));
    }
    return region;
  }

  /**
   * Frees all heap blocks of a range; those that were freed before are not there any more.
   *
   * @return false if it is no range of heap blocks
   */
  public boolean freeHeap(long offset, long bytes) {
    long end = offset + bytes;
    boolean inTurn = false;
    for (Consistency mode : Consistency.values()) {
      Geometry.Zone zone = geometry.inTurn(mode);
      inTurn |= offset >= zone.start() && end <= zone.start() + bumps.get(mode).used();
    }
    while (inTurn && offset < end) {
      Region block = byOffset.get(offset);
      if (block == null) {
        offset += geometry.pageBytes();
      } else if (block.kind() == Region.Kind.HEAP) {
        free(offset);
        offset += geometry.roundToPages(block.bytes());
      } else {
        inTurn = false;
      }
    }
    return inTurn && offset == end;
  }

  /** How many regions there are. */
  public int count() {
    return byOffset.size();
  }
}
