package org.dsm4j.agent.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Opens one entry of the jar that is open anyway: the JDK's own handler for {@code jar:} would open
 * and index the file a second time, and keep it in a cache that belongs to the application.
 */
final class InstHandler extends URLStreamHandler {
  private final JarFile jar;
  private final JarEntry entry;

  InstHandler(JarFile jar, JarEntry entry) {
    this.jar = jar;
    this.entry = entry;
  }

  @Override
  protected URLConnection openConnection(URL url) {
    return new URLConnection(url) {
      @Override
      public void connect() {
        connected = true;
      }

      @Override
      public long getContentLengthLong() {
        return entry.getSize();
      }

      @Override
      public InputStream getInputStream() throws IOException {
        return jar.getInputStream(entry);
      }
    };
  }
}
