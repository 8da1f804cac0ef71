package org.dsm4j.samples.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A litmus shape: a few threads with a few operations each on variables that are 0 before. Its
 * outcome is what the observed reads of the threads found, in order, and then what is in some
 * variables when all threads have ended. Immutable.
 *
 * <p>Variables with small letters are of the variant that is tried, those with capitals are its
 * payload: plain ones in every variant, which the others are to protect.
 *
 * @param name as in the literature
 * @param kind of the variables that are no payload
 * @param variables their letters
 * @param programs what the threads do
 * @param finals numbers of the variables that are read at the end
 * @param racy what the Java memory model allows if the variables are plain; null: {@link Model}
 *     finds out
 */
record Shape(
    String name,
    Kind kind,
    String variables,
    List<Program> programs,
    List<Integer> finals,
    Predicate<Outcome> racy) {

  /** What its variables are. */
  enum Kind {
    BYTE,
    INT,
    LONG
  }

  /** Its threads. */
  int threads() {
    return programs.size();
  }

  /** Whether a variable is payload. */
  boolean isPayload(int variable) {
    return Character.isUpperCase(variables.charAt(variable));
  }

  /** How many places its outcomes have. */
  int places() {
    return programs.stream().mapToInt(Program::observed).sum() + finals.size();
  }

  /** Whether its threads do nothing but atomic additions. */
  boolean addsAtomicallyOnly() {
    return programs.stream().allMatch(Program::addsAtomicallyOnly);
  }

  /** The index of the first place that a thread's reads have in the outcome. */
  int firstPlace(int thread) {
    return programs.subList(0, thread).stream().mapToInt(Program::observed).sum();
  }

  /** An outcome in words: {@code 1,0} or {@code 2 x=1}; {@code -} is a read that was not done. */
  String text(Outcome outcome) {
    List<String> reads = new ArrayList<>();
    int place = 0;
    for (; place < places() - finals.size(); place++) {
      reads.add(outcome.text(place));
    }
    StringBuilder text = new StringBuilder(String.join(",", reads));
    for (int variable : finals) {
      text.append(text.isEmpty() ? "" : " ").append(variables.charAt(variable)).append('=');
      text.append(outcome.text(place++));
    }
    return text.toString();
  }
}
