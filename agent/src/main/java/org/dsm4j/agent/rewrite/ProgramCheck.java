package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.List;

/**
 * What the agent would say to the classes of a program, all of them, without running it.
 *
 * @param classes how many there are
 * @param rewritten how many are rewritten in full, since they are tied to something shared
 * @param refusals those that cannot be rewritten, in the order of the class path
 */
public record ProgramCheck(int classes, int rewritten, List<Refusal> refusals) {
  public ProgramCheck {
    refusals = List.copyOf(refusals);
  }

  /** Rewrites every class, and verifies the results; loads none. */
  public static ProgramCheck of(ProgramClasses program, List<String> excludes) {
    List<Refusal> refusals = new ArrayList<>();
    SharedTransformer transformer =
        new SharedTransformer(
            new RewriteConfig(excludes, null, true, refusal -> {}),
            (loader, refusal) -> refusals.add(refusal));
    int rewritten = 0;
    for (String name : program.names()) {
      transformer.transform(program, name, null, null, program.bytes(name));
      if (transformer.rewritesInFull(program, name)) {
        rewritten++;
      }
    }
    return new ProgramCheck(program.names().size(), rewritten, refusals);
  }
}
