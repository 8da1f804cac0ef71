package org.dsm4j.node.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import jnr.ffi.LibraryLoader;
import org.dsm4j.DsmException;

/**
 * Finds, unpacks and loads libdsm. The unpacked file is private to this user and is gone as soon as
 * it is loaded.
 */
public final class NativeLibrary {
  private static LibDsm loaded;

  private NativeLibrary() {}

  /**
   * The library; loaded once.
   *
   * @throws DsmException in one line: no such library for this system, or the system's reason not
   *     to load it
   */
  public static synchronized LibDsm get() {
    if (loaded == null) {
      loaded = load(resourceName(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    return loaded;
  }

  /**
   * Where the jar carries the library for a system.
   *
   * @throws DsmException if there is none
   */
  static String resourceName(String os, String arch) {
    String machine =
        switch (arch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64", "x64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch64";
          default -> null;
        };
    if (machine == null || !os.toLowerCase(Locale.ROOT).startsWith("linux")) {
      throw new DsmException(
          "DSM4J runs on Linux on x86-64 or AArch64; this is " + os + " on " + arch);
    }
    return "META-INF/native/linux-" + machine + "/libdsm.so";
  }

  private static LibDsm load(String resource) {
    Path directory = null;
    Path file = null;
    try (InputStream in = NativeLibrary.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new DsmException(
            "the native library "
                + resource
                + " is not in the jar; this build is for other machines");
      }
      directory =
          Files.createTempDirectory(
              "dsm4j",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      file = directory.resolve("libdsm.so");
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return bind(file);
    } catch (IOException e) {
      throw new DsmException(
          "the native library could not be unpacked into "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + e
              + "; give -Djava.io.tmpdir a folder that can be written",
          e);
    } finally {
      delete(file);
      delete(directory);
    }
  }

  /** Both ways: by the JVM for its native methods, by jnr-ffi for the functions of dsm.h. */
  private static LibDsm bind(Path file) {
    try {
      System.load(file.toString());
      LibDsm library = LibraryLoader.create(LibDsm.class).failImmediately().load(file.toString());
      int version = library.dsm_abi_version();
      if (version != LibDsm.ABI_VERSION) {
        throw new DsmException(
            "libdsm has ABI version "
                + version
                + " and this jar needs "
                + LibDsm.ABI_VERSION
                + "; build both anew");
      }
      return library;
    } catch (LinkageError e) {
      throw new DsmException(
          "libdsm could not be loaded: "
              + e.getMessage()
              + "; if the folder of temporary files is mounted noexec, name another with -Djava.io.tmpdir",
          e);
    }
  }

  private static void delete(Path path) {
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Nothing but a file of ours stays in the folder of temporary files.
        path.toFile().deleteOnExit();
      }
    }
  }
}
