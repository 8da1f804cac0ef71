package org.dsm4j.samples.litmus;

/**
 * One operation of a thread of a shape.
 *
 * @param kind what it does
 * @param variable which variable, or -1
 * @param value what is written, waited for or compared; 0 otherwise
 * @param target where it jumps to; the index of an operation, or the number of them for the end
 */
record Op(Kind kind, int variable, int value, int target) {
  /** What an operation does. */
  enum Kind {
    /** {@code x=1}. */
    WRITE,
    /** {@code r x}: a read whose value is part of the outcome. */
    READ,
    /** {@code q x}: a read whose value is only compared by the next {@link #IF}. */
    QUERY,
    /** {@code q x~1}: the same, repeated for a short time until it reads the value. */
    AWAIT,
    /** {@code +x}: adds 1 by a read and a write. */
    INCREMENT,
    /** {@code +!x}: adds 1, atomically where the variant has a way to. */
    ATOMIC,
    /** {@code if 1 there}: jumps if the latest read or query found the value. */
    IF,
    /** {@code go there}. */
    GO,
    /** {@code note}: the outcome has a 1 here if the thread came by. */
    NOTE,
    /** {@code lock}: takes the lock of the instance. */
    LOCK,
    /** {@code unlock}. */
    UNLOCK
  }

  /** Whether the outcome has a place for it. */
  boolean isObserved() {
    return kind == Kind.READ || kind == Kind.NOTE;
  }
}
