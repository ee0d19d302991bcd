package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That the parser's library can be replaced without a user's noticing. */
final class PublicFaceTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.weft.http");

    @Test
    void noPublicSignatureNamesNetty() {
        List<String> found = CLASSES.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(PublicFaceTest::isVisible)
                .filter(unit -> Stream.concat(Stream.of(unit.getRawReturnType()), unit.getRawParameterTypes().stream())
                        .anyMatch(PublicFaceTest::isOfNetty))
                .map(JavaCodeUnit::getFullName)
                .toList();
        assertEquals(List.of(), found);
    }

    @Test
    void noPublicTypeExtendsNettys() {
        List<String> found = CLASSES.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> Stream.concat(
                                type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
                        .anyMatch(PublicFaceTest::isOfNetty))
                .map(JavaClass::getName)
                .toList();
        assertEquals(List.of(), found);
    }

    private static boolean isVisible(JavaCodeUnit unit) {
        return unit.getModifiers().contains(JavaModifier.PUBLIC)
                || unit.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static boolean isOfNetty(JavaClass type) {
        return type.getPackageName().startsWith("io.netty");
    }
}
