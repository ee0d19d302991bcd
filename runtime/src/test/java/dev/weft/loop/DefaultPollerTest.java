package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.ChildJvm;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.spi.Poller;
import dev.weft.spi.PollerProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where {@code weft-io} is not on the path. */
@Timeout(60)
class DefaultPollerTest {
    @Test
    void aProviderOnThePathIsAsked(@TempDir Path directory) throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(PollerProvider.class.getName()), Provider.class.getName());
        ChildJvm.Result result = ChildJvm.run(Says.class, ChildJvm.FLAG, "-Xbootclasspath/a:" + directory);
        assertEquals("asked\n" + ParkPoller.class.getName(), result.output().strip());
    }

    @Test
    void withoutAnyALoopParks() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Says.class, ChildJvm.FLAG);
        assertEquals(ParkPoller.class.getName(), result.output().strip());
    }

    /** Whose name is in the file of services. */
    public static final class Provider implements PollerProvider {
        public Provider() {}

        @Override
        public Poller open() throws IOException {
            System.out.println("asked");
            return new ParkPoller();
        }
    }

    static final class Says {
        public static void main(String[] args) {
            Weft.run(() -> System.out.println(Loop.current().poller().getClass().getName()));
        }
    }
}
