package org.dsm4j.core.allocation;

import java.util.HashMap;
import java.util.Map;

/**
 * The regions of the cyclic part of the space, by name: the first who asks for a name allocates,
 * later ones get the same region if they ask for the same thing. Page 0 is never handed out, so
 * that offset 0 can mean null. Not thread-safe: the manager's.
 */
public final class Regions {
  /** A request that contradicts what is there; the message says how and what to do. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private record Key(Region.Kind kind, String name) {}

  private final Geometry geometry;
  private final BumpAllocator bump;
  private final Map<Key, Region> named = new HashMap<>();
  private final Map<Long, Region> byOffset = new HashMap<>();

  /** No regions yet. */
  public Regions(Geometry geometry) {
    this.geometry = geometry;
    this.bump = new BumpAllocator(geometry.pageBytes(), geometry.arenaFirstByte());
  }

  /**
   * The region of a name; for {@link Region.Kind#HEAP} always a new one.
   *
   * @throws Refused if the name is there with another size or other traits, or the space is used up
   */
  public Region allocate(Region.Kind kind, String name, long bytes, String traits) throws Refused {
    if (bytes <= 0) {
      throw new Refused(
          kind.word() + " \"" + name + "\" of " + bytes + " bytes; 1 or more are allowed");
    }
    if (kind == Region.Kind.HEAP) {
      return place(kind, "", bytes, "");
    }
    Region known = named.get(new Key(kind, name));
    if (known == null) {
      return place(kind, name, bytes, traits);
    }
    compare(known, bytes, traits);
    return known;
  }

  private Region place(Region.Kind kind, String name, long bytes, String traits) throws Refused {
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
              + " bytes do not fit in the rest of the shared space ("
              + bump.used()
              + " of "
              + geometry.arenaFirstByte()
              + " bytes are used, freed ones included); widen the setting space");
    }
    Region region = new Region(kind, name, offset, bytes, traits);
    byOffset.put(offset, region);
    if (kind != Region.Kind.HEAP) {
      named.put(new Key(kind, name), region);
    }
    return region;
  }

  private static void compare(Region known, long bytes, String traits) throws Refused {
    if (known.kind() == Region.Kind.STATICS && !known.traits().equals(traits)) {
      throw new Refused(
          "class "
              + known.name()
              + " has the layout "
              + traits
              + " here but "
              + known.traits()
              + " on another node; run the same version of the program everywhere");
    }
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
    if (!known.traits().equals(traits)) {
      throw new Refused(
          known.kind().word()
              + " \""
              + known.name()
              + "\" is "
              + known.traits()
              + " and was asked for as "
              + traits
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
      named.remove(new Key(region.kind(), region.name()));
    }
    return region;
  }

  /** How many regions there are. */
  public int count() {
    return byOffset.size();
  }
}
