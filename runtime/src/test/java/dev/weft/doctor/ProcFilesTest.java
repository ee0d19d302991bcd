package dev.weft.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits as Linux writes them. */
class ProcFilesTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({
        "1024, WARNING, 'file descriptors: 3 in use, limit 1,024, and each connection needs one'",
        "10239, WARNING, 'file descriptors: 3 in use, limit 10,239, and each connection needs one'",
        "10240, OK, 'file descriptors: 3 in use, limit 10,240'",
        "unlimited, OK, 'file descriptors: 3 in use, no limit'"
    })
    void fewDescriptorsAreWarnedOf(String soft, Level level, String what) throws IOException {
        write("limits", """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             96365                96365                processes
                Max open files            %-20s 1048576              files
                """.formatted(soft));
        for (String descriptor : new String[] {"0", "1", "2", "of-the-listing"}) {
            write("fd/" + descriptor, "");
        }
        Finding finding = MachineCheck.descriptors(root);
        assertEquals(level, finding.level());
        assertEquals(what, finding.what());
    }

    @Test
    void withoutProcDescriptorsAreNotKnown() {
        assertEquals(Level.NOTE, MachineCheck.descriptors(root).level());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theRealFilesAreUnderstood() {
        Finding finding = MachineCheck.descriptors(Path.of("/proc/self"));
        assertTrue(
                finding.what().matches("file descriptors: [0-9,]+ in use, (no limit|limit [0-9,]+).*"), finding::what);
    }

    @Test
    void withoutControlGroupsThereIsNoLimit() {
        assertEquals(Double.POSITIVE_INFINITY, CpuLimit.read(root).cores());
    }

    @Test
    void theLeastLimitOfTheGroupAndThoseAroundItCounts() throws IOException {
        write("proc/self/cgroup", "0::/outer/inner\n");
        write("sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
        write("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
        assertEquals(1.5, CpuLimit.read(root).cores());
        write("sys/fs/cgroup/outer/inner/cpu.max", "50000 100000\n");
        assertEquals(0.5, CpuLimit.read(root).cores());
    }

    @Test
    void inAContainerTheLimitStandsAtTheRoot() throws IOException {
        write("proc/self/cgroup", "0::/../../not/seen/from/here\n");
        write("sys/fs/cgroup/cpu.max", "250000 100000\n");
        assertEquals(2.5, CpuLimit.read(root).cores());
    }

    @Test
    void theFirstVersionOfControlGroupsIsRead() throws IOException {
        write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "75000\n");
        write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "50000\n");
        assertEquals(1.5, CpuLimit.read(root).cores());
        write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
        assertEquals(Double.POSITIVE_INFINITY, CpuLimit.read(root).cores());
    }

    private void write(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
