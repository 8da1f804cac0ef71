package org.dsm4j.samples.litmus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one thread of a shape does: operations in order, parsed from the notation of {@link Op.Kind}
 * with {@code ;} between them and {@code name:} for a place to jump to. {@code end} is the place
 * behind the last one. Immutable.
 */
final class Program {
  private final Op[] ops;
  private final int observed;

  private Program(List<Op> ops) {
    this.ops = ops.toArray(Op[]::new);
    this.observed = (int) ops.stream().filter(Op::isObserved).count();
  }

  /**
   * Parses.
   *
   * @param variables the letters of the variables; a letter's index is the variable's number
   */
  static Program parse(String text, String variables) {
    List<String[]> words = new ArrayList<>();
    Map<String, Integer> labels = new HashMap<>();
    for (String part : text.split(";")) {
      String statement = part.strip();
      int colon = statement.indexOf(':');
      if (colon >= 0) {
        labels.put(statement.substring(0, colon), words.size());
        statement = statement.substring(colon + 1).strip();
      }
      words.add(statement.split(" +"));
    }
    labels.put("end", words.size());
    List<Op> ops = new ArrayList<>();
    for (String[] each : words) {
      ops.add(op(each, variables, labels));
    }
    return new Program(ops);
  }

  private static Op op(String[] words, String variables, Map<String, Integer> labels) {
    return switch (words[0]) {
      case "r" -> new Op(Op.Kind.READ, variable(words[1], variables), 0, 0);
      case "q" -> query(words[1], variables);
      case "if" ->
          new Op(Op.Kind.IF, -1, Integer.parseInt(words[1]), labels.get(words[2]).intValue());
      case "go" -> new Op(Op.Kind.GO, -1, 0, labels.get(words[1]).intValue());
      case "note" -> new Op(Op.Kind.NOTE, -1, 0, 0);
      case "lock" -> new Op(Op.Kind.LOCK, -1, 0, 0);
      case "unlock" -> new Op(Op.Kind.UNLOCK, -1, 0, 0);
      default -> change(words[0], variables);
    };
  }

  private static Op query(String word, String variables) {
    int variable = variable(word.substring(0, 1), variables);
    return word.length() == 1
        ? new Op(Op.Kind.QUERY, variable, 0, 0)
        : new Op(Op.Kind.AWAIT, variable, Integer.parseInt(word.substring(2)), 0);
  }

  private static Op change(String word, String variables) {
    if (word.startsWith("+!")) {
      return new Op(Op.Kind.ATOMIC, variable(word.substring(2), variables), 1, 0);
    }
    if (word.startsWith("+")) {
      return new Op(Op.Kind.INCREMENT, variable(word.substring(1), variables), 1, 0);
    }
    int variable = variable(word.substring(0, 1), variables);
    return new Op(Op.Kind.WRITE, variable, Integer.parseInt(word.substring(2)), 0);
  }

  private static int variable(String letter, String variables) {
    int variable = letter.length() == 1 ? variables.indexOf(letter) : -1;
    if (variable < 0) {
      throw new IllegalArgumentException("no variable '" + letter + "' among " + variables);
    }
    return variable;
  }

  int length() {
    return ops.length;
  }

  Op op(int index) {
    return ops[index];
  }

  boolean addsAtomicallyOnly() {
    return Stream.of(ops).allMatch(op -> op.kind() == Op.Kind.ATOMIC);
  }

  /** The places that an outcome has for it. */
  int observed() {
    return observed;
  }
}
