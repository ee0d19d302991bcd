package dev.weft.io;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The packages of this module: which are its API, and that their dependencies have one direction. */
final class PackagesTest {
    private static final Set<String> API = Set.of(
            "dev.weft.io",
            "dev.weft.io.endpoint",
            "dev.weft.io.file",
            "dev.weft.io.javanet",
            "dev.weft.io.names",
            "dev.weft.io.process",
            "dev.weft.io.tls");

    private static final Set<String> INTERNAL =
            Set.of("dev.weft.io.epoll", "dev.weft.io.internal", "dev.weft.io.offload", "dev.weft.io.selector");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.weft.io");

    /** Each package is a slice; unlike a pattern this includes the root. */
    private static final SliceAssignment PACKAGES = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().startsWith("dev.weft.io")
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages of dev.weft.io";
        }
    };

    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(PACKAGES).should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyPackageIsEitherApiOrInternal() {
        Set<String> all =
                CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        Set<String> expected = new TreeSet<>(API);
        expected.addAll(INTERNAL);
        assertEquals(expected, all);
    }

    @Test
    void theModuleExportsItsApiAlone() throws IOException {
        assertEquals(API, exports().keySet());
        assertTrue(exports().values().stream().allMatch(Set::isEmpty), "no package is exported to some modules only");
    }

    @Test
    void noSimpleNameIsUsedTwice() {
        Map<String, Set<String>> named = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            String name = type.getSimpleName();
            if (!name.isEmpty() && !name.equals("package-info")) {
                named.computeIfAbsent(name, key -> new TreeSet<>()).add(type.getName());
            }
        }
        named.values().removeIf(classes -> classes.size() == 1);
        assertEquals(Map.of(), named);
    }

    private static Map<String, Set<String>> exports() throws IOException {
        Path descriptor = Path.of("target", "classes", "module-info.class");
        try (InputStream bytes = Files.newInputStream(descriptor)) {
            return ModuleDescriptor.read(bytes).exports().stream()
                    .collect(Collectors.toMap(ModuleDescriptor.Exports::source, ModuleDescriptor.Exports::targets));
        }
    }
}
