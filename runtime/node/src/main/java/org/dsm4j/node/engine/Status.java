package org.dsm4j.node.engine;

/** Outcomes of the engine's functions: {@code enum dsm_status} of dsm_core.h. */
public final class Status {
  public static final int OK = 0;

  /** The operation goes on; its end comes as a completion. */
  public static final int PENDING = 1;

  /** A lock was granted, but its last holder died holding it. */
  public static final int ORPHANED = 2;

  public static final int ARGUMENT = -1;
  public static final int BUSY = -2;
  public static final int CANCELLED = -3;
  public static final int BROKEN = -4;
  public static final int PARTIES = -5;
  public static final int NOT_OWNER = -6;
  public static final int LOST = -7;
  public static final int FULL = -8;
  public static final int PROTOCOL = -9;
  public static final int SYSTEM = -10;
  public static final int TIMEOUT = -11;
  public static final int CLOSED = -12;

  private Status() {}

  /** What a status means, for messages to people. */
  public static String describe(int status) {
    return switch (status) {
      case OK -> "done";
      case PENDING -> "pending";
      case ORPHANED -> "its last holder died";
      case ARGUMENT -> "an argument is out of range";
      case BUSY -> "held by another thread";
      case CANCELLED -> "cancelled";
      case BROKEN -> "the barrier is broken";
      case PARTIES -> "nodes named different numbers of parties";
      case NOT_OWNER -> "the calling thread does not hold the lock";
      case LOST -> "a node that it needs is lost";
      case FULL -> "a table of the engine is full";
      case PROTOCOL -> "a peer sent what it must not";
      case SYSTEM -> "the operating system refused";
      case TIMEOUT -> "it took too long";
      case CLOSED -> "the node has left the cluster";
      default -> "status " + status;
    };
  }
}
