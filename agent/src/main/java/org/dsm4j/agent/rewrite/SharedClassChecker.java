package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;

/** What a shared class (rule 6) may not be or have, as its declaration tells. */
final class SharedClassChecker {
  private final ClassContext in;
  private final ClassFacts facts;
  private final ShareableTypes types;

  SharedClassChecker(ClassContext in) {
    this.in = in;
    this.facts = in.facts();
    this.types = new ShareableTypes(in.lookup());
  }

  void check() {
    if ((facts.access & Opcodes.ACC_ENUM) != 0) {
      problem(
          "an enum has its constants on every node and cannot be shared; they can be held by shared"
              + " fields as they are",
          "remove @Shared");
      return;
    }
    if (facts.isInterface()) {
      problem(
          "an interface has no instances of its own", "mark the classes that implement it @Shared");
      return;
    }
    superclass();
    for (FieldFacts field : in.lookup().sharedFields(facts)) {
      field(field);
    }
    if (facts.method("finalize", "()V") != null) {
      problem(
          "method finalize",
          "objects of a shared class come and go on each node, so a finalizer would run at any time",
          "remove it");
    }
  }

  private void superclass() {
    if (!in.lookup().sharedRoot(facts.name).equals(facts.name)) {
      return;
    }
    String stateful = types.stateful(facts.superName);
    if (stateful != null) {
      problem(
          "it extends "
              + Names.dotted(stateful)
              + ", which is not shared and has instance fields: they would be each node's own",
          Names.isApplication(stateful)
              ? "mark class " + Names.dotted(stateful) + " @Shared"
              : stateful.equals("java/lang/Thread")
                  ? "implement Runnable instead, and start new Thread(...) of it"
                  : "keep a field of what it needs instead of extending it");
    }
    synchronizedMethods();
  }

  /** Those of a class that is not shared take the local monitor of the instance. */
  private void synchronizedMethods() {
    ClassFacts above = in.lookup().find(facts.superName);
    while (above != null && Names.isApplication(above.name)) {
      for (MethodFacts method : above.methods) {
        if (method.isSynchronized() && !method.isStatic()) {
          String owner = Names.dotted(above.name);
          problem(
              "it inherits the synchronized method "
                  + method.name()
                  + " of "
                  + owner
                  + ", which is not shared: its monitor would be each node's own",
              "mark class " + owner + " @Shared");
        }
      }
      above = above.superName == null ? null : in.lookup().find(above.superName);
    }
  }

  private void field(FieldFacts field) {
    boolean captured = field.name().startsWith("val$");
    String remedy =
        types.remedy(
            field.type(), false, captured ? ShareableTypes.NO_OTHER : ShareableTypes.OR_TRANSIENT);
    if (remedy == null) {
      return;
    }
    if (OuterInstance.is(field)) {
      problem(
          "its instances refer to the instance of "
              + field.type().getClassName()
              + " that made them, which is not shared",
          "make it a static nested class, or mark "
              + field.type().getClassName()
              + " @Shared, or use nothing of the outer instance in it");
    } else if (captured) {
      problem(
          "it captures the variable "
              + field.name().substring("val$".length())
              + " of type "
              + field.type().getClassName()
              + ", which a shared object cannot hold",
          remedy);
    } else {
      problem(
          "field " + field.name(),
          "a shared field cannot hold a " + field.type().getClassName(),
          remedy);
    }
  }

  private void problem(String reason, String remedy) {
    problem("class " + Names.dotted(facts.name), reason, remedy);
  }

  private void problem(String member, String reason, String remedy) {
    in.problems().add(new Problem(member, 0, reason, remedy));
  }
}
