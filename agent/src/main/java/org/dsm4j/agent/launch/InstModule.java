package org.dsm4j.agent.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The named module that the classes of the isolated loader are in. Being named, it can be given the
 * permission for native code by itself (JDK 24 and later warn without it); unnamed modules have
 * that permission only all together, the application's too.
 *
 * <p>The assembly of the jar has listed the packages and the services, one a line: {@code package
 * P}, {@code provides S P,P} and {@code uses S}.
 */
final class InstModule {
  private static final String NAME = "org.dsm4j.agent";
  private static final String INDEX = "module-index";

  private InstModule() {}

  /** Defines the module; before any class is loaded by that loader. */
  static Module define(InstLoader loader, URI location) throws IOException {
    ModuleReference reference =
        new ModuleReference(describe(loader), location) {
          @Override
          public ModuleReader open() throws IOException {
            throw new IOException("its class loader reads it");
          }
        };
    ModuleLayer boot = ModuleLayer.boot();
    Configuration configuration =
        boot.configuration().resolve(new Only(reference), ModuleFinder.of(), Set.of(NAME));
    return ModuleLayer.defineModules(configuration, List.of(boot), name -> loader)
        .layer()
        .findModule(NAME)
        .orElseThrow();
  }

  private static ModuleDescriptor describe(InstLoader loader) throws IOException {
    ModuleDescriptor.Builder module = ModuleDescriptor.newOpenModule(NAME);
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    for (Module each : ModuleLayer.boot().modules()) {
      if (each.getClassLoader() == null || each.getClassLoader() == platform) {
        module.requires(each.getName());
      }
    }
    try (BufferedReader index =
        new BufferedReader(
            new InputStreamReader(loader.getResourceAsStream(INDEX), StandardCharsets.UTF_8))) {
      for (String line = index.readLine(); line != null; line = index.readLine()) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "package" -> module.exports(words[1]);
          case "uses" -> module.uses(words[1]);
          case "provides" -> module.provides(words[1], List.of(words[2].split(",")));
          default -> throw new IOException("dsm-agent.jar is damaged: " + line);
        }
      }
    }
    return module.build();
  }

  private record Only(ModuleReference reference) implements ModuleFinder {
    @Override
    public Optional<ModuleReference> find(String name) {
      return name.equals(NAME) ? Optional.of(reference) : Optional.empty();
    }

    @Override
    public Set<ModuleReference> findAll() {
      return Set.of(reference);
    }
  }
}
