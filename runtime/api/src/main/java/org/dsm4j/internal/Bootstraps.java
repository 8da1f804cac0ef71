package org.dsm4j.internal;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;

/**
 * Links the {@code invokedynamic} that took the place of {@code getstatic} and {@code putstatic} of
 * a shared field: to code with the field's address as a constant. Initializes the field's class as
 * those instructions do.
 */
public final class Bootstraps {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private Bootstraps() {}

  /**
   * @param caller the class that has the instruction
   * @param name the field's name
   * @param type {@code ()T} to read it, {@code (T)void} to write it
   * @param owner the class that the instruction names
   * @param declaring the name of the class that declares the field: {@code owner} or one that it
   *     inherits from
   */
  public static CallSite field(
      MethodHandles.Lookup caller, String name, MethodType type, Class<?> owner, String declaring)
      throws ReflectiveOperationException {
    Class<?> holder = inherited(owner, declaring);
    Memory.U.ensureClassInitialized(holder);
    SharedClass shared = SharedClasses.of(holder);
    StaticField field = shared.field(name);
    MethodHandle access =
        field.isReference()
            ? referenceAccess(shared, field, type)
            : primitiveAccess(shared, field, type);
    if (!Memory.U.shouldBeInitialized(holder)) {
      return new ConstantCallSite(access);
    }
    return new InitializingSite(access, holder);
  }

  /**
   * Links what {@code dsm$type()} of a shared class returns.
   *
   * @param caller the class
   */
  public static CallSite instanceType(MethodHandles.Lookup caller, String name, MethodType type) {
    InstanceType found = Instances.of(caller.lookupClass());
    return new ConstantCallSite(MethodHandles.constant(InstanceType.class, found));
  }

  /**
   * Links the question whether a class is initialized, so that using it runs no code.
   *
   * @param type {@code ()boolean}
   * @param owner the class
   */
  public static CallSite initialized(
      MethodHandles.Lookup caller, String name, MethodType type, Class<?> owner)
      throws ReflectiveOperationException {
    return Memory.U.shouldBeInitialized(owner)
        ? new AwaitedSite(owner)
        : new ConstantCallSite(MethodHandles.constant(boolean.class, true));
  }

  private static MethodHandle primitiveAccess(
      SharedClass shared, StaticField field, MethodType type) throws ReflectiveOperationException {
    boolean read = type.parameterCount() == 0;
    Class<?> primitive = read ? type.returnType() : type.parameterType(0);
    String typeName = primitive.getName();
    String method =
        (read ? "get" : "put")
            + Character.toUpperCase(typeName.charAt(0))
            + typeName.substring(1)
            + (field.isVolatile() ? "Volatile" : "");
    MethodHandle access =
        LOOKUP.findStatic(PrimitiveCells.class, method, type.insertParameterTypes(0, long.class));
    return MethodHandles.insertArguments(access, 0, shared.address(field));
  }

  private static MethodHandle referenceAccess(
      SharedClass shared, StaticField field, MethodType type) throws ReflectiveOperationException {
    boolean read = type.parameterCount() == 0;
    String method = (read ? "get" : "set") + (field.isVolatile() ? "Volatile" : "");
    ReferenceSlot slot = new ReferenceSlot(shared.name(), field, shared.address(field));
    return LOOKUP
        .bind(slot, method, type.generic().changeReturnType(read ? Object.class : void.class))
        .asType(type);
  }

  private static Class<?> inherited(Class<?> owner, String declaring) throws NoSuchFieldException {
    Class<?> found = search(owner, declaring);
    if (found == null) {
      throw new NoSuchFieldException(owner.getName() + " does not inherit from " + declaring);
    }
    return found;
  }

  private static Class<?> search(Class<?> type, String name) {
    if (type == null || type.getName().equals(name)) {
      return type;
    }
    for (Class<?> implemented : type.getInterfaces()) {
      Class<?> found = search(implemented, name);
      if (found != null) {
        return found;
      }
    }
    return search(type.getSuperclass(), name);
  }

  /**
   * A site linked by the thread that is running the class's initializer: others that come by must
   * wait for the initializer, so it asks each time until that is over.
   */
  private static final class InitializingSite extends MutableCallSite {
    private final MethodHandle access;
    private final Class<?> holder;

    InitializingSite(MethodHandle access, Class<?> holder) throws ReflectiveOperationException {
      super(access.type());
      this.access = access;
      this.holder = holder;
      MethodHandle await = LOOKUP.bind(this, "await", MethodType.methodType(void.class));
      setTarget(MethodHandles.foldArguments(access, await));
    }

    void await() {
      Memory.U.ensureClassInitialized(holder);
      if (!Memory.U.shouldBeInitialized(holder)) {
        setTarget(access);
      }
    }
  }

  /** Whether a class is initialized: asked until it is. */
  private static final class AwaitedSite extends MutableCallSite {
    private final Class<?> owner;

    AwaitedSite(Class<?> owner) throws ReflectiveOperationException {
      super(MethodType.methodType(boolean.class));
      this.owner = owner;
      setTarget(LOOKUP.bind(this, "isInitialized", type()));
    }

    boolean isInitialized() {
      if (Memory.U.shouldBeInitialized(owner)) {
        return false;
      }
      setTarget(MethodHandles.constant(boolean.class, true));
      return true;
    }
  }
}
