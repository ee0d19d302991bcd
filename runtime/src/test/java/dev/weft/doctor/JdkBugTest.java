package dev.weft.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Doctor.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which version has which bug. */
class JdkBugTest {
    @ParameterizedTest
    @CsvSource({
        "25+36-LTS, JDK-8369227 JDK-8373120 JDK-8364343",
        "25.0.2+10-LTS, JDK-8369227 JDK-8373120 JDK-8364343",
        "25.0.3+9-LTS, JDK-8373120 JDK-8364343",
        "25.0.4+7-LTS, JDK-8364343",
        "26+35, JDK-8369227 JDK-8373120",
        "26.0.1+8, ''",
        "27+30, ''"
    })
    void aVersionHasTheBugsThatWereNotFixedBeforeIt(String version, String bugs) {
        List<Finding> findings = JdkBug.findings(Runtime.Version.parse(version));
        assertEquals(
                bugs.isEmpty() ? List.of() : List.of(bugs.split(" ", -1)),
                findings.stream()
                        .map(finding ->
                                finding.what().substring(0, finding.what().indexOf(':')))
                        .toList());
    }

    @Test
    void rangesAreNotEmpty() {
        for (JdkBug bug : JdkBug.KNOWN) {
            for (JdkBug.Range range : bug.ranges()) {
                assertTrue(range.from().compareToIgnoreOptional(range.before()) < 0, range::toString);
            }
        }
    }
}
