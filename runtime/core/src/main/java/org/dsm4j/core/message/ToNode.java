package org.dsm4j.core.message;

import java.util.List;
import org.dsm4j.core.initialization.Outcome;

/** What the manager says to a node. */
public sealed interface ToNode {
  /** It may not join, or the cluster could not form; the connection ends. */
  record Refused(String reason) implements ToNode {}

  /**
   * All have joined.
   *
   * @param addresses host:port of the data plane of node 0, 1, ...
   * @param managerNode the node in whose process the manager is; -1 = none, it stands alone
   */
  record Addresses(List<String> addresses, int managerNode) implements ToNode {}

  /** All are connected with each other. */
  record Ready() implements ToNode {}

  /** Says that it is there, when it has said nothing else for a while. */
  record Alive() implements ToNode {}

  /** Answers {@link ToManager.Allocate}. */
  record Allocated(long request, long offset) implements ToNode {}

  /** It is done. */
  record Done(long request) implements ToNode {}

  /** It cannot be done. */
  record Failure(long request, String message) implements ToNode {}

  /** Answers {@link ToManager.Initialize}. */
  record Initialization(long request, Outcome outcome, String failure) implements ToNode {}

  /** Answers {@link ToManager.Await}. */
  record Value(long request, String value) implements ToNode {}

  /**
   * From now on a use of the block that starts there is an error. Answered by {@link
   * ToManager.FreeMarked}.
   */
  record MarkFreed(long operation, long offset, long bytes) implements ToNode {}

  /** All nodes have marked it: give its memory back. */
  record Discard(long offset, long bytes) implements ToNode {}

  /**
   * From now on a use of anything in these whole pages is an error. Answered by {@link
   * ToManager.FreeMarked}.
   *
   * @param spans offset and bytes in turn
   * @param wereMarked everything in them was freed one by one, and marked then
   */
  record MarkSpans(long operation, List<Long> spans, boolean wereMarked) implements ToNode {}

  /** All nodes have marked them: give their memory back. */
  record DiscardSpans(List<Long> spans) implements ToNode {}

  /** Answered by {@link ToManager.Gathered}. */
  record Ask(long operation, Subject subject, long offset, long pages) implements ToNode {}

  /** Answers {@link ToManager.Gather}: what each node said, in order. */
  record Collected(long request, List<byte[]> parts) implements ToNode {}

  /** Another node is dead. */
  record NodeLost(int peer, String reason) implements ToNode {}

  /** The cluster ends with that status, because of that node. */
  record End(int status, int node, String reason) implements ToNode {}

  /** All nodes have ended. Answered by {@link ToManager.Leaving}. */
  record AllEnded(int status) implements ToNode {}

  /** All nodes know it: this one may go, and take its pages with it. */
  record Leave() implements ToNode {}
}
