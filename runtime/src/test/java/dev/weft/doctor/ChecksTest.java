package dev.weft.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the checks make of what they have read. */
class ChecksTest {
    private static final String OURS = "dev.weft.io.names.GreenletResolverProvider";
    private static final Module HERE = ChecksTest.class.getModule();

    @ParameterizedTest
    @CsvSource({
        "25.0.4, OpenJDK 64-Bit Server VM, OK",
        "26.0.1, OpenJDK 64-Bit Server VM, NOTE",
        "25.0.4, Eclipse OpenJ9 VM, NOTE"
    })
    void onlyWhatWeftIsTestedWithNeedsNoNote(String version, String machine, Level level) {
        assertEquals(
                level, JvmCheck.build(Runtime.Version.parse(version), machine).level());
    }

    @Test
    void theLastOfTwoOppositeFlagsCounts() {
        String on = "-XX:+PreserveFramePointer";
        String off = "-XX:-PreserveFramePointer";
        assertEquals(2, FlagCheck.arguments(List.of(off, on)).size());
        assertEquals(1, FlagCheck.arguments(List.of(on, off)).size());
    }

    @Test
    void agentsAreNamedWithoutWhatTheyAreTold() {
        Finding finding = FlagCheck.arguments(List.of("-Xmx1g", "-javaagent:/a.jar=password=x", "-agentpath:/b.so"))
                .getFirst();
        assertEquals("agents: -javaagent:/a.jar, -agentpath:/b.so", finding.what());
        assertEquals(Level.NOTE, finding.level());
    }

    @ParameterizedTest
    @CsvSource({"jdk, OK", "epol, FAULT"})
    void aSelectorThatDoesNotExistIsAFault(String name, Level level) {
        assertEquals(level, NetworkCheck.selector(name, HERE).level());
    }

    @Test
    void theEpollSelectorIsAFaultWithoutItsFlag() {
        Finding finding = NetworkCheck.selector("epoll", HERE); // the tests run without that
        assertEquals(Level.FAULT, finding.level(), finding::what);
    }

    @Test
    void aResolverBeforeWeftsMakesLookUpsBlock() {
        assertEquals(
                Level.OK,
                NetworkCheck.names(List.of(OURS, "org.other.R"), "", true).level());
        Finding finding = NetworkCheck.names(List.of("org.other.R", OURS), "", true);
        assertEquals(Level.WARNING, finding.level());
        assertTrue(finding.what().contains("org.other.R"), finding::what);
        assertEquals(
                Level.NOTE,
                NetworkCheck.names(List.of("org.other.R"), "", false).level());
    }

    @Test
    void aFileOfHostsGoesBeforeAllResolvers() {
        Finding finding = NetworkCheck.names(List.of(OURS), "/hosts", true);
        assertEquals(Level.WARNING, finding.level());
        assertTrue(finding.what().contains("jdk.net.hosts.file=/hosts"), finding::what);
    }

    @ParameterizedTest
    @CsvSource({"4, Infinity, OK", "2, 2, OK", "2, 1.5, NOTE", "1, 0.5, WARNING", "1, Infinity, NOTE"})
    void aLimitBelowTheCoresIsTold(int cores, double limit, Level level) {
        assertEquals(level, MachineCheck.cores(cores, limit).level());
    }
}
