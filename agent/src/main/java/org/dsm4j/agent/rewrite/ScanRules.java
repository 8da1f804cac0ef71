package org.dsm4j.agent.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What class files are searched for, as the text that native code takes ({@code
 * dsm_class_rules.h}): the very lists that the rewriters have.
 */
final class ScanRules {
  private static final List<List<MethodPattern>> LOOKED_AT =
      List.of(
          EscapeRules.LOOK_INTO_OBJECTS,
          EscapeRules.COPY,
          IdentityRewriter.CALLED,
          ReflectionRewriter.CALLED,
          StreamRewriter.CALLED,
          MonitorRewriter.OF_THREAD,
          MonitorRewriter.OF_OBJECT,
          ConcurrentRewriter.CALLED);

  private final StringBuilder text = new StringBuilder();

  private ScanRules() {}

  /**
   * The rules.
   *
   * @param excluded beginnings of the names of classes that are not to be rewritten, with dots
   * @param patches whether native code may rewrite what it can
   */
  static byte[] text(List<String> excluded, boolean patches) {
    return new ScanRules().write(excluded, patches).getBytes(StandardCharsets.UTF_8);
  }

  private String write(List<String> excluded, boolean patches) {
    Names.PLATFORM.forEach(each -> line("platform", each));
    Names.OUR_PACKAGES.forEach(each -> line("platform", each));
    line("package", Names.API);
    line("ask", Names.API);
    for (String each : excluded) {
      if (each.indexOf(' ') < 0 && each.indexOf('\n') < 0 && !each.isEmpty()) {
        line("ask", each.replace('.', '/'));
      }
    }
    line("shared", Names.SHARED);
    line("shared", Names.DSM);
    ConstantPool.LINKERS.forEach(each -> line("linker", each));
    for (MethodPattern each : ConstantPool.GIVE_HEAP_ARRAYS) {
      line("heap", each.owner(), each.name());
    }
    for (MethodPattern each : IdentityRewriter.CALLED_BY_SUPER) {
      line("super", each.owner(), each.name());
    }
    for (List<MethodPattern> list : LOOKED_AT) {
      list.forEach(each -> line("look", each.owner(), each.name(), each.descriptor()));
    }
    for (MethodPattern each : ConcurrentRewriter.NOT_CALLED) {
      line("pass", each.owner(), each.name(), each.descriptor());
    }
    if (patches) {
      calls();
      patches();
    }
    return text.toString();
  }

  /** What calls become that need nothing else. */
  private void calls() {
    for (MethodPattern each : MonitorRewriter.OF_OBJECT) {
      line(
          "call",
          each.owner(),
          each.name(),
          each.descriptor(),
          Names.MONITORS,
          MonitorRewriter.bridge(each.name(), each.descriptor()),
          "(Ljava/lang/Object;" + each.descriptor().substring(1));
    }
    ConcurrentRewriter.forEachBridge(
        (method, owner, descriptor) ->
            line(
                "call",
                method.owner(),
                method.name(),
                method.descriptor(),
                owner,
                method.name(),
                descriptor));
  }

  /** The methods that code is given calls of. */
  private void patches() {
    line("text", "monitors", Names.MONITORS);
    line("text", "lock", "lock");
    line("text", "lock-type", "(Ljava/lang/Object;Ljava/lang/String;)Ljava/lang/Object;");
    line("text", "unlocked", "unlocked");
    line("text", "unlocked-type", "(Ljava/lang/Object;)V");
    line("text", "escapes", Names.ESCAPES);
    line("text", "check", "check");
    line("text", "check-type", "(Ljava/lang/Object;Ljava/lang/String;)V");
  }

  private void line(String... words) {
    text.append(String.join(" ", words)).append('\n');
  }
}
