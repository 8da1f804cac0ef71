package org.dsm4j.internal;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;

/**
 * Rule 11: what the program's {@code new ObjectOutputStream} makes. A shared array that it comes by
 * is refused; the JDK would write what represents it. As thread-safe as its superclass.
 */
public class SharedObjectOutputStream extends ObjectOutputStream {

  /** As the superclass's. */
  @SuppressWarnings("this-escape")
  public SharedObjectOutputStream(OutputStream out) throws IOException {
    super(out);
    enableReplaceObject(true);
  }

  /** As the superclass's: for subclasses that do all by themselves. */
  protected SharedObjectOutputStream() throws IOException {
    super();
  }

  @Override
  protected Object replaceObject(Object written) throws IOException {
    if (written.getClass().isArray()) {
      Escapes.check(
          written, "java.io.ObjectOutputStream, by Java serialization of what refers to it");
    }
    return written;
  }
}
