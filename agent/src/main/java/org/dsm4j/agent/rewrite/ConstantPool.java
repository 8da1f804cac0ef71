package org.dsm4j.agent.rewrite;

import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What a class mentions, from its constant pool alone (JVMS 4.4): cheap, and enough to pass over
 * most classes.
 */
final class ConstantPool {
  private static final byte CHECKCAST = (byte) Opcodes.CHECKCAST;
  private static final byte INVOKEVIRTUAL = (byte) Opcodes.INVOKEVIRTUAL;
  private static final byte INVOKESPECIAL = (byte) Opcodes.INVOKESPECIAL;
  private static final byte INVOKEINTERFACE = (byte) Opcodes.INVOKEINTERFACE;
  private static final byte INVOKESTATIC = (byte) Opcodes.INVOKESTATIC;

  /** Packages of the JDK's bootstrap methods. */
  static final List<String> LINKERS = List.of("java/lang/invoke/", "java/lang/runtime/");

  /** Calls whose result is an array of the heap, though its type does not tell. */
  static final List<MethodPattern> GIVE_HEAP_ARRAYS =
      MethodPattern.all(
          MethodPattern.of("[*", "clone"),
          MethodPattern.of("java/util/Arrays", "copyOf*"),
          MethodPattern.of("java/util/*", "toArray"));

  private static final int UTF8 = 1;
  private static final int CLASS = 7;
  private static final int FIELD = 9;
  private static final int METHOD = 10;
  private static final int INTERFACE_METHOD = 11;
  private static final int METHOD_HANDLE = 15;
  private static final int INVOKE_DYNAMIC = 18;
  private static final int FIRST_METHOD_HANDLE_KIND = 5;

  /**
   * A field or method that the class refers to. Compared by hand: the methods that a record gets by
   * itself are linked when first used, which is noticed at the start of every program.
   */
  record Reference(String owner, String name, String descriptor) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Reference reference
          && owner.equals(reference.owner)
          && name.equals(reference.name)
          && descriptor.equals(reference.descriptor);
    }

    @Override
    public int hashCode() {
      return (owner.hashCode() * 31 + name.hashCode()) * 31 + descriptor.hashCode();
    }
  }

  private boolean mentionsShared;
  private boolean callsMonitor;
  private boolean callsAtomic;
  private boolean looksIntoArrays;
  private boolean refersToArrayTaker;
  private boolean reflects;
  private final BitSet arrayClasses = new BitSet();
  private final BitSet heapArrayMethods = new BitSet();
  private final BitSet identityMethods = new BitSet();
  private boolean asksIdentity;
  private final Set<Reference> fields = new LinkedHashSet<>();
  private final Set<Reference> arrayMethods = new LinkedHashSet<>();
  private final Set<String> functionalInterfaces = new LinkedHashSet<>();

  ConstantPool(ClassReader reader) {
    char[] buffer = new char[reader.getMaxStringLength()];
    for (int index = 1; index < reader.getItemCount(); index++) {
      int offset = reader.getItem(index);
      if (offset == 0) {
        continue; // the second half of a long or double
      }
      read(reader, index, reader.readByte(offset - 1), offset, buffer);
    }
  }

  private void read(ClassReader reader, int index, int tag, int offset, char[] buffer) {
    switch (tag) {
      case UTF8 -> mentionsShared |= isSharedDescriptor(reader, offset);
      case CLASS -> {
        if (reader.readUTF8(offset, buffer).startsWith("[")) {
          arrayClasses.set(index);
        }
      }
      case FIELD -> fields.add(reference(reader, offset, buffer));
      case METHOD, INTERFACE_METHOD -> {
        Reference method = reference(reader, offset, buffer);
        method(method);
        if (givesHeapArray(method)) {
          heapArrayMethods.set(index);
        } else if (IdentityRewriter.isObjects(method.owner(), method.name())) {
          identityMethods.set(index);
        }
      }
      case INVOKE_DYNAMIC -> {
        int nameAndType = reader.getItem(reader.readUnsignedShort(offset + 2));
        Type result = Type.getReturnType(reader.readUTF8(nameAndType + 2, buffer));
        if (result.getSort() == Type.OBJECT) {
          functionalInterfaces.add(result.getInternalName());
        }
      }
      case METHOD_HANDLE -> {
        if (reader.readByte(offset) >= FIRST_METHOD_HANDLE_KIND) {
          Reference target =
              reference(reader, reader.getItem(reader.readUnsignedShort(offset + 1)), buffer);
          refersToArrayTaker |= Names.takesArray(target.descriptor()) && !isLinker(target.owner());
        }
      }
      default -> {}
    }
  }

  private static boolean isSharedDescriptor(ClassReader reader, int offset) {
    int length = Names.SHARED.length();
    if (reader.readUnsignedShort(offset) != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (reader.readByte(offset + 2 + i) != Names.SHARED.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The JDK's bootstrap methods: they take no array of the program's. */
  private static boolean isLinker(String owner) {
    return LINKERS.stream().anyMatch(owner::startsWith);
  }

  private static Reference reference(ClassReader reader, int offset, char[] buffer) {
    int nameAndType = reader.getItem(reader.readUnsignedShort(offset + 2));
    return new Reference(
        reader.readClass(offset, buffer),
        reader.readUTF8(nameAndType, buffer),
        reader.readUTF8(nameAndType + 2, buffer));
  }

  private void method(Reference method) {
    if (Names.givesArray(method.descriptor())) {
      arrayMethods.add(method);
    }
    if (method.owner().equals(Names.DSM) && method.name().equals("share")) {
      mentionsShared = true;
    }
    looksIntoArrays |=
        EscapeRules.looksIntoObjects(method.owner(), method.name())
            || MethodPattern.matchAny(EscapeRules.COPY, method.owner(), method.name());
    asksIdentity |= IdentityRewriter.concerns(method.owner(), method.name());
    reflects |=
        ReflectionRewriter.concerns(method.owner(), method.name())
            || StreamRewriter.concerns(method.owner(), method.name());
    callsMonitor |= MonitorRewriter.concerns(method.owner(), method.name(), method.descriptor());
    callsAtomic |= ConcurrentRewriter.concerns(method.owner(), method.name());
  }

  /** Whether it has a lambda or method reference that takes an array. */
  boolean refersToArrayTaker() {
    return refersToArrayTaker;
  }

  /** Whether it reads or writes fields by reflection. */
  boolean reflects() {
    return reflects;
  }

  /**
   * Whether it calls {@code System.identityHashCode}; or Object's own {@code hashCode} or {@code
   * clone}, as by {@code super.clone()}. Looks for the latter's bytes, anywhere in the file.
   */
  boolean asksIdentity(byte[] classFile) {
    if (asksIdentity || identityMethods.isEmpty()) {
      return asksIdentity;
    }
    for (int at = classFile.length - 3; at >= 0; at--) {
      if (classFile[at] == INVOKESPECIAL && identityMethods.get(unsignedShort(classFile, at + 1))) {
        return true;
      }
    }
    return false;
  }

  /** Whether it has the annotation anywhere, or makes shared arrays by {@code Dsm.share}. */
  boolean mentionsShared() {
    return mentionsShared;
  }

  /** Whether it calls methods of the atomic classes, or refers to them. */
  boolean callsAtomic() {
    return callsAtomic;
  }

  /** Whether it calls wait, notify, notifyAll or holdsLock, or refers to them. */
  boolean callsMonitor() {
    return callsMonitor;
  }

  /** Whether it looks into arrays by reflection. */
  boolean looksIntoArrays() {
    return looksIntoArrays;
  }

  /**
   * Whether the class may cast something to an array that could be a shared one. Looks for the
   * instruction's bytes, anywhere in the file: cheap, and never too strict.
   */
  boolean castsToArray(byte[] classFile) {
    if (arrayClasses.isEmpty()) {
      return false;
    }
    for (int at = classFile.length - 3; at > 3; at--) {
      if (classFile[at] == CHECKCAST
          && arrayClasses.get(unsignedShort(classFile, at + 1))
          && !followsHeapArray(classFile, at)) {
        return true;
      }
    }
    return false;
  }

  private boolean followsHeapArray(byte[] classFile, int at) {
    int call = classFile[at - 3];
    if (call == INVOKEVIRTUAL || call == INVOKESTATIC) {
      return heapArrayMethods.get(unsignedShort(classFile, at - 2));
    }
    return at > 5
        && classFile[at - 5] == INVOKEINTERFACE
        && classFile[at - 1] == 0
        && heapArrayMethods.get(unsignedShort(classFile, at - 4));
  }

  private static int unsignedShort(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  /** Calls whose result is an array of the heap, though its type does not tell. */
  static boolean givesHeapArray(Reference method) {
    return MethodPattern.matchAny(GIVE_HEAP_ARRAYS, method.owner(), method.name());
  }

  /** The fields it refers to. */
  Set<Reference> fields() {
    return fields;
  }

  /** The methods it refers to that return arrays. */
  Set<Reference> arrayMethods() {
    return arrayMethods;
  }

  /** The types that its {@code invokedynamic} instructions make instances of. */
  Set<String> functionalInterfaces() {
    return functionalInterfaces;
  }
}
