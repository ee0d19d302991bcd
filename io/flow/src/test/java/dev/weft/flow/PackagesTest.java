package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The package of this module, and which of Weft's packages it knows. */
final class PackagesTest {
    private static final Path MODULE = Path.of("target", "classes");
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(MODULE);

    /** Of what others cannot use, only the directory of the workers' sockets. */
    private static final Set<String> USES = Set.of(
            "dev.weft",
            "dev.weft.flow",
            "dev.weft.io",
            "dev.weft.lowlevel",
            "dev.weft.serial",
            "dev.weft.spi",
            "dev.weft.sync",
            "dev.weft.workers",
            "dev.weft.workers.internal");

    @Test
    void itUsesWhatTheTableSays() {
        Set<String> found = CLASSES.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency ->
                        dependency.getTargetClass().getBaseComponentType().getPackageName())
                .filter(name -> (name + ".").startsWith("dev.weft."))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(USES), found);
    }

    @Test
    void theModuleExportsItsOnePackage() throws IOException {
        try (InputStream descriptor = Files.newInputStream(MODULE.resolve("module-info.class"))) {
            ModuleDescriptor module = ModuleDescriptor.read(descriptor);
            assertEquals(Set.of("dev.weft.flow"), module.packages());
            assertEquals(
                    Set.of("dev.weft.flow"),
                    module.exports().stream()
                            .map(ModuleDescriptor.Exports::source)
                            .collect(Collectors.toSet()));
        }
    }
}
