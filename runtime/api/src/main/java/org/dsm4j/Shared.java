package org.dsm4j;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks data that is one for the whole cluster: a static field, a class whose instances live in
 * shared memory, or (as a type annotation) an array held by a local variable or parameter or made
 * by {@code new @Shared double[n]}.
 *
 * <p>Without the agent the annotation is inert and the program is an ordinary one-JVM program.
 */
@Target({ElementType.FIELD, ElementType.TYPE, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Shared {
  /** The cluster-wide name of a shared static field; empty: its class and field name. */
  String name() default "";
}
