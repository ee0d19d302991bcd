package dev.weft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.weft.jdk.Frames;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Which package of the runtime may know which. {@code dev.weft} is on both ends: its contracts ({@link Greenlet}, {@link
 * Loop}, the exceptions) are known to all, and its entry points ({@link Weft}, {@link LoopGroup}) start what is below. So
 * what it uses itself is left out here; what others use of it is held by a rule of its own ({@link LoopGroup} counts as a contract there, as each loop tells its group).
 */
@Timeout(60)
final class PackagesTest {
    /** From the bottom to the top; all may use {@code dev.weft} besides. */
    private static final Map<String, Set<String>> USES = Map.ofEntries(
            Map.entry("spi", Set.of()),
            Map.entry("log", Set.of("spi")),
            Map.entry("jdk", Set.of("log", "spi")),
            Map.entry("scheduler", Set.of("spi")),
            Map.entry("kernel", Set.of("jdk", "scheduler", "spi")),
            Map.entry("offload", Set.of("jdk", "kernel", "scheduler", "spi")),
            Map.entry("diagnostics", Set.of("jdk", "kernel", "log", "scheduler", "spi")),
            Map.entry("recording", Set.of("diagnostics", "jdk", "kernel", "log", "scheduler", "spi")),
            Map.entry(
                    "loop", Set.of("diagnostics", "jdk", "kernel", "log", "offload", "recording", "scheduler", "spi")),
            Map.entry("lint", Set.of("diagnostics", "jdk", "kernel", "loop", "offload", "scheduler", "spi")),
            Map.entry("leak", Set.of("diagnostics", "jdk", "kernel", "spi")),
            Map.entry(
                    "observe", Set.of("diagnostics", "kernel", "leak", "lint", "loop", "offload", "scheduler", "spi")),
            Map.entry("management", Set.of()),
            Map.entry("access", Set.of("log", "management", "observe", "spi")),
            Map.entry("lowlevel", Set.of("diagnostics", "jdk", "kernel", "scheduler", "spi")),
            Map.entry("sync", Set.of("lowlevel", "spi")), // on the public seam alone, so that users can write the like,
            Map.entry("time", Set.of("lowlevel", "spi")),
            Map.entry("service", Set.of("jdk", "lowlevel", "spi", "sync")),
            Map.entry("generator", Set.of("jdk", "lowlevel", "spi")),
            Map.entry("doctor", Set.of("jdk", "spi")),
            Map.entry("testing", Set.of("kernel", "loop", "lowlevel", "scheduler", "spi")),
            Map.entry("launch", Set.of())); // starts a JVM with our flag, and needs nothing of Weft

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.weft");

    @Test
    void eachPackageUsesWhatTheTableSays() {
        Map<String, Set<String>> found = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            String from = nameOf(type);
            if (from.isEmpty()) {
                continue;
            }
            Set<String> uses = found.computeIfAbsent(from, key -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String to = nameOf(dependency.getTargetClass());
                if (!to.isEmpty() && !to.equals(from)) {
                    uses.add(to);
                }
            }
        }
        Map<String, Set<String>> expected = new TreeMap<>();
        USES.forEach((from, uses) -> expected.put(from, new TreeSet<>(uses)));
        assertEquals(expected, found);
    }

    /** Reports skip the frames of these; what is written on the seam is told from its tests, and from users' code, by class. */
    @Test
    void framesOfTheInnerPackagesCountAsWefts() {
        Set<String> inner = new TreeSet<>(USES.keySet());
        inner.removeAll(Set.of("sync", "time", "service", "generator", "doctor", "management", "testing", "launch"));
        inner.removeIf(name -> Frames.isOfRuntime("dev.weft." + name + ".Anything"));
        assertEquals(Set.of(), inner);
    }

    @Test
    void theTableHasNoCycle() {
        USES.keySet().forEach(from -> {
            Set<String> reached = new TreeSet<>();
            Deque<String> open = new ArrayDeque<>(USES.get(from));
            while (!open.isEmpty()) {
                String next = open.pop();
                if (reached.add(next)) {
                    open.addAll(USES.get(next));
                }
            }
            assertTrue(!reached.contains(from), () -> from + " reaches itself by " + reached);
        });
    }

    /** What is below knows the contracts of {@code dev.weft}, and not the entry points that are built on it. */
    @Test
    void nothingBelowUsesTheEntryPoints() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.weft.spi",
                        "dev.weft.log",
                        "dev.weft.jdk",
                        "dev.weft.scheduler",
                        "dev.weft.kernel",
                        "dev.weft.offload",
                        "dev.weft.diagnostics",
                        "dev.weft.lowlevel")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Weft.class, Offload.class, Doctor.class)
                .check(CLASSES);
    }

    /** So a new JDK can break one package only. */
    @Test
    void nothingElseReachesIntoTheJdk() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weft.jdk")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jdk.internal..", "sun..")
                .orShould()
                .callMethodWhere(new DescribedPredicate<>("access is forced") {
                    @Override
                    public boolean test(JavaMethodCall call) {
                        return Set.of("setAccessible", "trySetAccessible", "privateLookupIn")
                                .contains(call.getName());
                    }
                })
                .check(CLASSES);
    }

    @Test
    void noSimpleNameIsUsedTwice() {
        Map<String, Set<String>> named = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            if (type.isTopLevelClass() && !type.getSimpleName().equals("package-info")) {
                named.computeIfAbsent(type.getSimpleName(), key -> new TreeSet<>())
                        .add(type.getName());
            }
        }
        named.values().removeIf(classes -> classes.size() == 1);
        assertEquals(Map.of(), named);
    }

    /** The package below {@code dev.weft} that {@code type} is in; empty for those directly in it, and for others' classes. */
    private static String nameOf(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return name.startsWith("dev.weft.") ? name.substring("dev.weft.".length()) : "";
    }
}
