package org.dsm4j.agent.launch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The class loader of everything under {@code inst/} in dsm-agent.jar: our own code and the
 * libraries it uses. Its parent is the platform loader, so the application's libraries are
 * invisible to it, and it is no parent of the application's, so its libraries are invisible to the
 * application.
 *
 * <p>The classes of the API come from the boot loader where the agent has put them; in a JVM
 * without the agent (the command line) they are loaded here, from the root of the jar.
 * Multi-release entries are honoured: the assembly of the jar has resolved those up to 17 and lists
 * the later releases in the manifest attribute {@value #RELEASES}.
 *
 * <p>With the agent its classes are in a named module ({@link InstModule}), on the command line in
 * its unnamed one.
 *
 * <p>Parallel capable; thread-safe; never closed, as the agent lives as long as the JVM.
 */
final class InstLoader extends ClassLoader {
  static final String RELEASES = "Inst-Releases";
  private static final String ROOT = "inst/";
  private static final String API = "org/dsm4j/";
  private static final String LAUNCH = "org/dsm4j/agent/launch/";

  static {
    registerAsParallelCapable();
  }

  private final JarFile jar;
  private final String jarUrl;
  private final ProtectionDomain domain;
  private final int[] releases;

  /**
   * Opens the jar.
   *
   * @throws IOException if it cannot be read
   */
  InstLoader(Path file) throws IOException {
    super("dsm", ClassLoader.getPlatformClassLoader());
    this.jar = new JarFile(new File(file.toString()), false);
    URL location = file.toUri().toURL();
    this.jarUrl = location.toExternalForm();
    this.domain =
        new ProtectionDomain(new CodeSource(location, (Certificate[]) null), null, this, null);
    this.releases = releasesOf(jar);
  }

  /** Where the jar is that this class was loaded from. */
  static Path ownJar() {
    URL location = InstLoader.class.getProtectionDomain().getCodeSource().getLocation();
    try {
      return Path.of(location.toURI());
    } catch (java.net.URISyntaxException | RuntimeException e) {
      throw new IllegalStateException("dsm-agent.jar cannot be read at " + location, e);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    JarEntry entry = find(name.replace('.', '/') + ".class");
    if (entry == null) {
      throw new ClassNotFoundException(name);
    }
    byte[] bytes;
    try (InputStream in = jar.getInputStream(entry)) {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name + " (unreadable in " + jar.getName() + ")", e);
    }
    return defineClass(name, bytes, 0, bytes.length, domain);
  }

  @Override
  protected Class<?> findClass(String module, String name) {
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  @Override
  public InputStream getResourceAsStream(String name) {
    JarEntry entry = find(name);
    if (entry == null) {
      return super.getResourceAsStream(name);
    }
    try {
      return jar.getInputStream(entry);
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  protected URL findResource(String name) {
    JarEntry entry = find(name);
    if (entry == null) {
      return null;
    }
    try {
      return new URL("jar", "", -1, jarUrl + "!/" + entry.getName(), new InstHandler(jar, entry));
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected URL findResource(String module, String name) {
    return findResource(name);
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL url = findResource(name);
    return Collections.enumeration(url == null ? List.of() : List.of(url));
  }

  private JarEntry find(String path) {
    for (int release : releases) {
      JarEntry entry = jar.getJarEntry(ROOT + "META-INF/versions/" + release + "/" + path);
      if (entry != null) {
        return entry;
      }
    }
    JarEntry entry = jar.getJarEntry(ROOT + path);
    if (entry == null && path.startsWith(API) && !path.startsWith(LAUNCH)) {
      entry = jar.getJarEntry(path);
    }
    return entry;
  }

  /** The multi-release versions this JVM may use, newest first. */
  private static int[] releasesOf(JarFile jar) throws IOException {
    String list = jar.getManifest().getMainAttributes().getValue(RELEASES);
    if (list == null || list.isBlank()) {
      return new int[0];
    }
    int[] all =
        Arrays.stream(list.trim().split(" "))
            .mapToInt(Integer::parseInt)
            .filter(release -> release <= Runtime.version().feature())
            .map(release -> -release)
            .sorted()
            .toArray();
    return Arrays.stream(all).map(release -> -release).toArray();
  }
}
