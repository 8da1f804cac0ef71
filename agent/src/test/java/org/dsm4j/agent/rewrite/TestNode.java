package org.dsm4j.agent.rewrite;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.dsm4j.internal.Runtimes;

/**
 * One node of a test: loaded with its own copy of all of org.dsm4j; others reach it by JDK types
 * only.
 */
public final class TestNode implements BiFunction<String, Object[], Object> {
  private static final String AGAIN = "again ";

  private final AppLoader loader;
  private final AppLoader again;
  private final Rewriter rewriter;

  /**
   * @param classes the program's class files by name
   * @param excludes prefixes of classes not to rewrite
   */
  public TestNode(
      Map<String, Object> cluster,
      Integer node,
      Integer nodes,
      Map<String, byte[]> classes,
      List<String> excludes) {
    Runtimes.install(new FakeRuntime(cluster, node, nodes));
    rewriter = new Rewriter(new RewriteConfig(excludes, null, true, refusal -> {}));
    loader = new AppLoader(TestNode.class.getClassLoader(), classes, rewriter.transformer());
    again = new AppLoader(TestNode.class.getClassLoader(), classes, rewriter.transformer());
  }

  /**
   * Calls "Class.method" of the program; "again Class.method" of a second loader's copy of it;
   * "refusals" tells the refused classes. Throws what the method throws.
   */
  @Override
  public Object apply(String target, Object[] arguments) {
    if (target.equals("refusals")) {
      return rewriter.refusals().stream().map(Refusal::message).toList();
    }
    if (target.startsWith(AGAIN)) {
      return call(again, target.substring(AGAIN.length()), arguments);
    }
    return call(loader, target, arguments);
  }

  private static Object call(ClassLoader loader, String target, Object... arguments) {
    int dot = target.indexOf('.');
    try {
      Class<?> type = Class.forName("app." + target.substring(0, dot), true, loader);
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().equals(target.substring(dot + 1))) {
          method.setAccessible(true);
          return method.invoke(null, arguments);
        }
      }
      throw new IllegalArgumentException("no method " + target);
    } catch (InvocationTargetException failure) {
      throw TestNode.<RuntimeException>sneak(failure.getCause());
    } catch (ReflectiveOperationException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  private static final class AppLoader extends ClassLoader {
    private final Map<String, byte[]> classes;
    private final SharedTransformer transformer;

    AppLoader(ClassLoader parent, Map<String, byte[]> classes, SharedTransformer transformer) {
      super(parent);
      this.classes = classes;
      this.transformer = transformer;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] file = classes.get(name);
      if (file == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] rewritten = transformer.transform(this, name.replace('.', '/'), null, null, file);
      byte[] used = rewritten == null ? file : rewritten;
      return defineClass(name, used, 0, used.length);
    }

    @Override
    public InputStream getResourceAsStream(String resource) {
      String name = resource.replace(".class", "").replace('/', '.');
      byte[] file = classes.get(name);
      return file == null ? super.getResourceAsStream(resource) : new ByteArrayInputStream(file);
    }
  }
}
