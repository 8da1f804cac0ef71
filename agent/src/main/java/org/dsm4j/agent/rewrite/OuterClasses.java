package org.dsm4j.agent.rewrite;

import java.util.LinkedHashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;

/**
 * The classes that a class is written within (JVMS 4.7.6, 4.7.7, 4.7.28): steps over its members.
 */
final class OuterClasses {
  private final ClassReader in;
  private final char[] buffer;

  private OuterClasses(ClassReader in) {
    this.in = in;
    this.buffer = new char[in.getMaxStringLength()];
  }

  static Set<String> of(ClassReader reader) {
    OuterClasses outer = new OuterClasses(reader);
    int interfaces = reader.header + 6;
    int fields = interfaces + 2 + 2 * reader.readUnsignedShort(interfaces);
    return outer.read(outer.afterMembers(outer.afterMembers(fields)));
  }

  private int afterMembers(int start) {
    int at = start + 2;
    for (int members = in.readUnsignedShort(start); members > 0; members--) {
      int attributes = in.readUnsignedShort(at + 6);
      at += 8;
      for (; attributes > 0; attributes--) {
        at += 6 + in.readInt(at + 2);
      }
    }
    return at;
  }

  private Set<String> read(int start) {
    Set<String> names = new LinkedHashSet<>();
    int at = start + 2;
    for (int attributes = in.readUnsignedShort(start); attributes > 0; attributes--) {
      switch (in.readUTF8(at, buffer)) {
        case "NestHost", "EnclosingMethod" -> names.add(in.readClass(at + 6, buffer));
        case "InnerClasses" -> inner(at + 6, names);
        default -> {}
      }
      at += 6 + in.readInt(at + 2);
    }
    return names;
  }

  private void inner(int start, Set<String> names) {
    String own = in.getClassName();
    int entry = start + 2;
    for (int entries = in.readUnsignedShort(start); entries > 0; entries--) {
      if (in.readUnsignedShort(entry + 2) != 0 && in.readClass(entry, buffer).equals(own)) {
        names.add(in.readClass(entry + 2, buffer));
      }
      entry += 8;
    }
  }
}
