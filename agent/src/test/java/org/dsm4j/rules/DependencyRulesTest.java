package org.dsm4j.rules;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Who may not import whom (docs/architecture.md); the C parts have the same in {@code make
 * deps-check}.
 */
@AnalyzeClasses(packages = "org.dsm4j", importOptions = ImportOption.DoNotIncludeTests.class)
class DependencyRulesTest {
  private static final String[] API = {"org.dsm4j", "org.dsm4j.internal"};
  private static final String[] SOCKETS = {"java.net..", "java.nio.channels..", "javax.net.."};
  private static final String[] NETTY = {"io.netty.."};
  private static final String[] NATIVE_BINDING = {"jnr..", "com.kenai.."};
  private static final String[] BYTECODE = {"net.bytebuddy..", "org.objectweb.asm.."};

  /**
   * Rewritten code links to it in every class loader; {@code jdk.internal} is where its memory
   * accesses come from.
   */
  @ArchTest
  static final ArchRule THE_API_NEEDS_NOTHING_BUT_THE_JDK =
      classes()
          .that()
          .resideInAnyPackage(API)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "jdk.internal.misc", "jdk.internal.access", API[0], API[1]);

  @ArchTest
  static final ArchRule THE_CORE_IS_PURE =
      noClasses()
          .that()
          .resideInAPackage("org.dsm4j.core..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(SOCKETS)
                  .or(resideInAnyPackage(NETTY))
                  .or(resideInAnyPackage(NATIVE_BINDING))
                  .or(resideInAnyPackage(BYTECODE))
                  .or(resideInAnyPackage("org.dsm4j.node..", "org.dsm4j.agent..")));

  @ArchTest
  static final ArchRule TIME_IS_AN_ARGUMENT_IN_THE_CORE =
      noClasses()
          .that()
          .resideInAPackage("org.dsm4j.core..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.time.Clock.class);

  @ArchTest
  static final ArchRule THE_CORE_STARTS_NO_THREADS =
      noClasses()
          .that()
          .resideInAPackage("org.dsm4j.core..")
          .should()
          .callConstructorWhere(target(owner(assignableTo(Thread.class))))
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.util.concurrent.Executor.class);

  @ArchTest
  static final ArchRule A_NODE_KNOWS_NOTHING_OF_THE_AGENT =
      noClasses()
          .that()
          .resideInAPackage("org.dsm4j.node..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.dsm4j.agent..").or(resideInAnyPackage(BYTECODE)));

  @ArchTest
  static final ArchRule NETTY_STAYS_IN_THE_CONTROL_PLANE =
      noClasses()
          .that(
              resideOutsideOfPackages("org.dsm4j.node.control..", "org.dsm4j.node.dashboard..")
                  .and(resideInAnyPackage("org.dsm4j..")))
          .should()
          .dependOnClassesThat(resideInAnyPackage(NETTY));

  @ArchTest
  static final ArchRule SAMPLES_NEED_NOTHING_BUT_THE_API =
      classes()
          .that()
          .resideInAPackage("org.dsm4j.samples..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.dsm4j.samples..", API[0], API[1]);
}
