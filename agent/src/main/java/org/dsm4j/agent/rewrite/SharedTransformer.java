package org.dsm4j.agent.rewrite;

import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BiConsumer;
import org.objectweb.asm.Type;

/**
 * Decides for each class that is being loaded: not the program's, pass over; refuse; rewrite in
 * full; rewrite its monitors only. Never throws, since the JVM would then load the class as it is:
 * what goes wrong refuses the class. Thread-safe.
 */
final class SharedTransformer implements ClassFileTransformer {
  private final RewriteConfig config;
  private final BiConsumer<ClassLoader, Refusal> refused;
  private final Map<ClassLoader, ClassLookup> lookups =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * @param refused is told each class that is refused, and its loader
   */
  SharedTransformer(RewriteConfig config, BiConsumer<ClassLoader, Refusal> refused) {
    this.config = config;
    this.refused = refused;
  }

  @Override
  public byte[] transform(
      ClassLoader loader,
      String name,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] classFile) {
    if (name == null || isAgents(loader)) {
      return null;
    }
    return load(loader, name, redefined != null, classFile, 0);
  }

  /**
   * The same, for a class that is not the agent's own.
   *
   * @param flags what {@link ClassHook} has found out about the class
   */
  byte[] load(ClassLoader loader, String name, boolean redefines, byte[] classFile, int flags) {
    if (loader == null || loader == ClassLoader.getPlatformClassLoader()) {
      return refuseAboveTheApi(loader, name, classFile, redefines);
    }
    if (Names.isApi(name)) {
      return refuse(loader, name, classFile, redefines, List.of(secondApi(loader)));
    }
    if (!Names.isApplication(name)) {
      return null;
    }
    byte[] result =
        (flags & ClassHook.PLAIN) != 0
            ? plain(loader, name, redefines, classFile)
            : decide(loader, name, classFile, redefines, (flags & ClassHook.LATE) != 0);
    if (result != null && config.dumpDirectory() != null) {
      dump(name, result);
    }
    return result;
  }

  /** The JDK's own loaders give no class of ours; one of the program there cannot see the API. */
  private byte[] refuseAboveTheApi(
      ClassLoader loader, String name, byte[] classFile, boolean redefines) {
    ClassScan scan = Names.isApplication(name) ? ClassScan.of(classFile) : null;
    return scan != null && scan.mentionsShared()
        ? refuse(loader, name, classFile, redefines, List.of(aboveTheApiProblem(name)))
        : null;
  }

  /** The file of a class, as a resource of the loader; null if there is none. */
  byte[] read(ClassLoader loader, String name) {
    return lookup(loader).file(name);
  }

  private ClassLookup lookup(ClassLoader loader) {
    return lookups.computeIfAbsent(loader, ClassLookup::new);
  }

  /** A class that is known to be tied to nothing shared. */
  private byte[] plain(ClassLoader loader, String name, boolean redefines, byte[] classFile) {
    if (isExcluded(name)) {
      return null;
    }
    try {
      ClassLookup lookup = lookup(loader);
      return PlainClassRewriter.rewrite(
          classFile, lookup.define(name, classFile), lookup, redefines);
    } catch (RuntimeException | LinkageError | StackOverflowError failure) {
      return decide(loader, name, classFile, redefines, false);
    }
  }

  private boolean isExcluded(String name) {
    return config.excludes().stream().anyMatch(Names.dotted(name)::startsWith);
  }

  /**
   * @param takenForPlain whether other classes were judged as if this one, if it mentions something
   *     shared, did not
   */
  private byte[] decide(
      ClassLoader loader, String name, byte[] classFile, boolean redefines, boolean takenForPlain) {
    ClassScan scan = ClassScan.of(classFile);
    ClassLookup lookup = lookup(loader);
    boolean late =
        scan != null
            && scan.mentionsShared()
            && (takenForPlain || lookup.plain().wasTakenForPlain(name));
    if (lookup.plain().define(name, scan) && !PlainClassRewriter.concerns(classFile, scan.pool())) {
      return null;
    }
    List<Problem> problems = new ArrayList<>();
    boolean rewritten = false;
    try {
      ClassFacts facts = lookup.define(name, classFile);
      rewritten = lookup.isRewritten(name);
      boolean excluded = isExcluded(name);
      if (excluded && !rewritten) {
        return null;
      }
      if (rewritten && late && !redefines) {
        problems.add(lateProblem(name));
      } else if (excluded) {
        problems.add(excludedProblem(name));
      } else if (!rewritten) {
        return PlainClassRewriter.concerns(classFile, facts.pool)
            ? PlainClassRewriter.rewrite(classFile, facts, lookup, redefines)
            : null;
      } else {
        ClassLoader loads = loader instanceof ProgramClasses ? null : loader;
        byte[] result = ClassRewriter.rewrite(classFile, facts, lookup, loads, problems);
        if (result != null && config.verify()) {
          Verification.check(result, problems);
        }
        if (problems.isEmpty()) {
          return result;
        }
      }
    } catch (RuntimeException | LinkageError | StackOverflowError failure) {
      if (!rewritten && !mentionsApi(classFile)) {
        return null; // a class file that is newer than we know, say: it has nothing to do with us
      }
      problems.add(
          new Problem(
              "class " + Names.dotted(name),
              0,
              "the rewriting failed: " + failure,
              "exclude it if it uses nothing shared, and report this"));
    }
    return refuse(loader, name, classFile, redefines, problems);
  }

  /** Whether the class file has a name of our API in it; of any class file. */
  private static boolean mentionsApi(byte[] classFile) {
    String text = new String(classFile, StandardCharsets.ISO_8859_1);
    return text.contains("org/dsm4j/");
  }

  private static boolean isAgents(ClassLoader loader) {
    return loader == SharedTransformer.class.getClassLoader()
        && loader != ClassLoader.getSystemClassLoader();
  }

  private static Problem secondApi(ClassLoader loader) {
    return new Problem(
        "loader " + loader.getClass().getName(),
        0,
        "it brings its own copy of the DSM4J API, which would not be the running one",
        "remove org.dsm4j from the application's jars, or let the loader ask its parent first");
  }

  private static Problem lateProblem(String name) {
    return new Problem(
        "class " + Names.dotted(name),
        0,
        "it uses shared members, which could not be seen when the classes that use it were loaded:"
            + " it is not the file that the loader gives for that name",
        "put the class on the class path, once");
  }

  private static Problem aboveTheApiProblem(String name) {
    return new Problem(
        "class " + Names.dotted(name),
        0,
        "it uses shared members, but a loader of the JDK loads it, which does not see the DSM4J API",
        "put it on the class path instead of -Xbootclasspath");
  }

  private static Problem excludedProblem(String name) {
    return new Problem(
        "class " + Names.dotted(name),
        0,
        "it uses shared members but is excluded from rewriting",
        "do not exclude it");
  }

  /**
   * Reports the class and replaces it by one that cannot be initialized. A redefinition, and a file
   * that we cannot read, by one that the JVM refuses.
   */
  private byte[] refuse(
      ClassLoader loader,
      String name,
      byte[] classFile,
      boolean redefines,
      List<Problem> problems) {
    Refusal refusal = new Refusal(Names.dotted(name), null, problems);
    refused.accept(loader, refusal);
    if (redefines) {
      return new byte[0];
    }
    try {
      return RefusedClass.of(classFile, refusal.summary());
    } catch (RuntimeException unreadable) {
      return new byte[0];
    }
  }

  private void dump(String name, byte[] classFile) {
    Path file = config.dumpDirectory().resolve(name + ".class");
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, classFile);
    } catch (IOException failure) {
      System.err.println(
          "dsm: cannot write the rewritten class to " + file + ": " + failure.getMessage());
    }
  }

  /**
   * Whether a class that it was given is rewritten in full, since it is tied to something shared.
   */
  boolean rewritesInFull(ClassLoader loader, String name) {
    return lookup(loader).isRewritten(name);
  }

  /** Whether a class that the JVM has already loaded should have been rewritten in full. */
  boolean isMissed(Class<?> loaded) {
    return isProgramsOwn(loaded)
        && lookup(loaded.getClassLoader()).isRewritten(Type.getInternalName(loaded));
  }

  /**
   * Whether one that is not missed has something in it that is rewritten in any class. Not what
   * another agent keeps in a loader of its own, apart from the program.
   */
  boolean isPlainButMissed(Class<?> loaded) {
    if (!isProgramsOwn(loaded) || !seesProgram(loaded.getClassLoader())) {
      return false;
    }
    byte[] file = new ClassFiles(loaded.getClassLoader()).read(Type.getInternalName(loaded));
    ClassScan scan = file == null ? null : ClassScan.of(file);
    return scan == null || PlainClassRewriter.concerns(file, scan.pool());
  }

  private static boolean seesProgram(ClassLoader loader) {
    ClassLoader system = ClassLoader.getSystemClassLoader();
    for (ClassLoader each = loader; each != null; each = each.getParent()) {
      if (each == system) {
        return true;
      }
    }
    return false;
  }

  private static boolean isProgramsOwn(Class<?> loaded) {
    ClassLoader loader = loaded.getClassLoader();
    return loader != null
        && !isAgents(loader)
        && loader != ClassLoader.getPlatformClassLoader()
        && !loaded.isHidden()
        && !loaded.isArray()
        && Names.isApplication(Type.getInternalName(loaded));
  }
}
