package org.dsm4j.node.engine;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;

/**
 * The eight bytes of native memory into which the engine writes the ticket of a wait; one per
 * thread, collected with it.
 */
final class TicketCell {
  private static final ThreadLocal<TicketCell> CELLS = ThreadLocal.withInitial(TicketCell::new);

  private final ByteBuffer memory = ByteBuffer.allocateDirect(8);
  private final long address = MemoryIO.getInstance().getDirectBufferAddress(memory);

  private TicketCell() {}

  static TicketCell ofCurrentThread() {
    return CELLS.get();
  }

  long address() {
    return address;
  }

  long ticket() {
    return UNSAFE.getLong(address);
  }
}
