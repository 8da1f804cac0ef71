package org.dsm4j.e2e.programs;

import java.lang.instrument.Instrumentation;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/** Another agent, made with Byte Buddy: counts the calls of the program's methods. */
public final class SecondAgent {
  public static final AtomicInteger CALLS = new AtomicInteger();

  private SecondAgent() {}

  /**
   * Says at the end whether there were some.
   *
   * @param early a class of the program to load before any agent that comes later; or null
   */
  public static void premain(String early, Instrumentation instrumentation)
      throws ClassNotFoundException {
    if (early != null) {
      Class.forName(early, true, ClassLoader.getSystemClassLoader());
    }
    new AgentBuilder.Default()
        .disableClassFormatChanges() // of loaded classes, which may be retransformed again
        .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
        .type(ElementMatchers.nameStartsWith("eco."))
        .transform(
            (builder, type, loader, module, domain) ->
                builder.visit(Advice.to(Count.class).on(ElementMatchers.isMethod())))
        .installOn(instrumentation);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> System.out.println("second agent: " + (CALLS.get() >= 50))));
  }

  /** What each method begins with. */
  public static final class Count {
    private Count() {}

    @Advice.OnMethodEnter
    static void enter() {
      CALLS.incrementAndGet();
    }
  }
}
