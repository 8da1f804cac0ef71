package org.dsm4j.node.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.dsm4j.DsmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSecretTest {
  @TempDir private Path folder;

  private static String refusal(org.junit.jupiter.api.function.Executable reading) {
    return assertThrows(DsmException.class, reading).getMessage();
  }

  @Test
  void aNewSecretIsItsOwnersAlone() throws Exception {
    Path file = folder.resolve("secret");
    ClusterSecret.create(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(44, Files.size(file));
    Path second = folder.resolve("second");
    ClusterSecret.create(second);
    assertFalse(Files.readString(file).equals(Files.readString(second)));
    assertArrayEquals(
        ClusterSecret.read(file).key(Plane.DATA, "c"),
        ClusterSecret.of(Files.readString(file).strip(), "x").key(Plane.DATA, "c"));
    String before = Files.readString(file);
    assertTrue(refusal(() -> ClusterSecret.create(file)).contains("is not replaced"));
    assertEquals(before, Files.readString(file));
  }

  @Test
  void aFileThatOthersCanReadOrChangeIsRefused() throws Exception {
    Path file = folder.resolve("secret");
    ClusterSecret.create(file);
    for (String permissions : new String[] {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"}) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
      String message = refusal(() -> ClusterSecret.read(file));
      assertTrue(message.contains("chmod 600 " + file), message);
      assertFalse(message.contains(Files.readString(file).strip()), message);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    ClusterSecret.read(file);
  }

  @Test
  void whatIsNoSecretIsRefusedAndNotShown() throws Exception {
    Path file = folder.resolve("secret");
    assertTrue(refusal(() -> ClusterSecret.read(file)).contains("dsm secret new"));
    assertTrue(refusal(() -> ClusterSecret.read(folder)).contains("no regular file"));
    String tooShort = "fifteen letters";
    String message = refusal(() -> ClusterSecret.of(tooShort, "here"));
    assertTrue(message.contains("15 bytes"), message);
    assertFalse(message.contains(tooShort), message);
    ClusterSecret.create(file);
    Files.writeString(file, "x".repeat(5000));
    assertTrue(refusal(() -> ClusterSecret.read(file)).contains("too large"));
    assertEquals("a secret", ClusterSecret.of("x".repeat(16), "here").toString());
  }

  @Test
  void onlyLoopbackGoesWithoutOne() throws Exception {
    ClusterSecret secret = ClusterSecret.of("x".repeat(16), "here");
    ClusterSecret.refuseOpen(InetAddress.getByName("127.0.0.1"), null);
    ClusterSecret.refuseOpen(InetAddress.getByName("::1"), null);
    for (String open : new String[] {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"}) {
      InetAddress address = InetAddress.getByName(open);
      ClusterSecret.refuseOpen(address, secret);
      assertTrue(
          refusal(() -> ClusterSecret.refuseOpen(address, null)).contains("dsm secret new FILE"));
    }
  }
}
