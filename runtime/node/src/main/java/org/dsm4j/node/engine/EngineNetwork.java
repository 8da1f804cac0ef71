package org.dsm4j.node.engine;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import java.nio.charset.StandardCharsets;

/**
 * {@code struct dsm_network}: size, pointer to the address, port, pointer to the key.
 *
 * @param bind numeric address to listen on
 * @param port TCP port; 0 = a free one
 * @param key of the data plane, 32 bytes, or null; wiped when the engine has it
 */
public record EngineNetwork(String bind, int port, byte[] key) {
  /** Loopback, a free port, no key. */
  public static final EngineNetwork LOOPBACK = new EngineNetwork("127.0.0.1", 0, null);

  private static final int KEY_BYTES = 32;
  private static final int FIELDS = 4;
  private static final int KEY_AT = FIELDS * 8;
  private static final int BIND_AT = KEY_AT + KEY_BYTES;
  private static final int BIND_BYTES = 64;
  private static final int BYTES = BIND_AT + BIND_BYTES;

  /** Checks what fits. */
  public EngineNetwork {
    if (bind.length() >= BIND_BYTES || key != null && key.length != KEY_BYTES) {
      throw new IllegalArgumentException("an address or a key of another length");
    }
  }

  /** Writes the struct and what it points to into fresh memory; for {@link #free}. */
  long write() {
    long address = UNSAFE.allocateMemory(BYTES);
    UNSAFE.setMemory(address, BYTES, (byte) 0);
    UNSAFE.putLong(address, FIELDS * 8L);
    UNSAFE.putLong(address + 8, address + BIND_AT);
    UNSAFE.putLong(address + 16, port);
    UNSAFE.putLong(address + 24, key == null ? 0 : address + KEY_AT);
    put(address + KEY_AT, key == null ? new byte[0] : key);
    put(address + BIND_AT, bind.getBytes(StandardCharsets.US_ASCII));
    return address;
  }

  private static void put(long address, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      UNSAFE.putByte(address + i, bytes[i]);
    }
  }

  /** Wipes it and gives it back. */
  static void free(long address) {
    UNSAFE.setMemory(address, BYTES, (byte) 0);
    UNSAFE.freeMemory(address);
  }

  /** Not the key. */
  @Override
  public String toString() {
    return bind + " port " + port + (key == null ? "" : ", with a key");
  }
}
