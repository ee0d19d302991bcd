package dev.weft.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
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

/** The packages of this module: which other modules may use, and which of them know which. */
final class PackagesTest {
    private static final Path MODULE = Path.of("target", "classes");
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(MODULE);

    /** What each package knows of the others, from the bottom to the top. */
    private static final Map<String, Set<String>> USES = Map.of(
            "dev.weft.serial", Set.of(),
            "dev.weft.shared", Set.of("dev.weft.serial"),
            "dev.weft.workers.internal", Set.of(),
            "dev.weft.workers", Set.of("dev.weft.serial", "dev.weft.shared", "dev.weft.workers.internal"),
            "dev.weft.tasks", Set.of("dev.weft.serial", "dev.weft.shared", "dev.weft.workers"));

    @Test
    void eachPackageUsesWhatTheTableSays() {
        Map<String, Set<String>> found = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            Set<String> uses = found.computeIfAbsent(type.getPackageName(), key -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                uses.add(dependency.getTargetClass().getBaseComponentType().getPackageName());
            }
        }
        found.remove(""); // the module's descriptor
        found.forEach((from, uses) -> {
            uses.retainAll(USES.keySet());
            uses.remove(from);
        });
        assertEquals(new TreeMap<>(USES), found);
    }

    @Test
    void onlyFlowMayUseWhatIsInternal() throws IOException {
        Map<String, Set<String>> expected = USES.keySet().stream()
                .collect(Collectors.toMap(
                        name -> name, name -> name.endsWith(".internal") ? Set.of("dev.weft.flow") : Set.of()));
        try (InputStream descriptor = Files.newInputStream(MODULE.resolve("module-info.class"))) {
            assertEquals(
                    expected,
                    ModuleDescriptor.read(descriptor).exports().stream()
                            .collect(Collectors.toMap(
                                    ModuleDescriptor.Exports::source, ModuleDescriptor.Exports::targets)));
        }
    }

    @Test
    void noSimpleNameIsUsedTwice() {
        Map<String, Long> named = CLASSES.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getSimpleName, Collectors.counting()));
        named.values().removeIf(count -> count == 1);
        assertEquals(Map.of(), named);
    }
}
