package org.dsm4j.agent.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/** A program on several nodes in this process, each a class loader of its own. */
final class Cluster {
  /** What the fake nodes share. */
  final Map<String, Object> shared = new ConcurrentHashMap<>();

  private final List<BiFunction<String, Object[], Object>> nodes = new ArrayList<>();

  Cluster(int count, boolean debug, String... sources) {
    this(count, Sources.compile(debug, sources), List.of());
  }

  Cluster(int count, Map<String, byte[]> classes, List<String> excludes) {
    this(Collections.nCopies(count, classes), excludes);
  }

  /** Nodes that run a program each. */
  Cluster(List<Map<String, byte[]>> programs) {
    this(programs, List.of());
  }

  @SuppressWarnings("unchecked")
  private Cluster(List<Map<String, byte[]>> programs, List<String> excludes) {
    for (int node = 0; node < programs.size(); node++) {
      try {
        nodes.add(
            (BiFunction<String, Object[], Object>)
                new NodeLoader()
                    .loadClass(TestNode.class.getName())
                    .getConstructors()[0]
                    .newInstance(shared, node, programs.size(), programs.get(node), excludes));
      } catch (ReflectiveOperationException failure) {
        throw new IllegalStateException(failure);
      }
    }
  }

  /** Calls a static method, "Class.method", on a node. */
  Object call(int node, String target, Object... arguments) {
    return nodes.get(node).apply(target, arguments);
  }

  /** Calls it on all nodes at once; their results in the nodes' order. */
  List<Object> callAll(String target, Object... arguments) {
    ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
    try {
      List<Future<Object>> results = new ArrayList<>();
      for (int node = 0; node < nodes.size(); node++) {
        int which = node;
        Callable<Object> call = () -> call(which, target, arguments);
        results.add(threads.submit(call));
      }
      List<Object> values = new ArrayList<>();
      for (Future<Object> result : results) {
        values.add(result.get(60, TimeUnit.SECONDS));
      }
      return values;
    } catch (InterruptedException | ExecutionException | TimeoutException failure) {
      throw new IllegalStateException(failure);
    } finally {
      threads.shutdownNow();
    }
  }

  /** The messages about classes that a node refused. */
  @SuppressWarnings("unchecked")
  List<String> refusals(int node) {
    return (List<String>) nodes.get(node).apply("refusals", new Object[0]);
  }

  /** Defines its own copy of org.dsm4j; everything else is the test's. */
  private static final class NodeLoader extends ClassLoader {
    NodeLoader() {
      super(Cluster.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded == null && name.startsWith("org.dsm4j.")) {
          loaded = define(name);
        }
        return loaded == null ? super.loadClass(name, resolve) : loaded;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = file.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
