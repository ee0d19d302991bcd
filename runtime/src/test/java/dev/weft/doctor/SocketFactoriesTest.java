package dev.weft.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.ChildJvm;
import dev.weft.Doctor;
import dev.weft.Doctor.Finding;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The JDK's hooks are set once a JVM, so each test has one of its own. */
@Timeout(60)
class SocketFactoriesTest {
    @Test
    void namesWhatAFactoryOfSomebodyElseMakes() throws Exception {
        ChildJvm.Result result = ChildJvm.run(SetsFactories.class, ChildJvm.FLAG);
        assertEquals(
                List.of(
                        "sockets: java.net.Socket: a factory has been set, which creates "
                                + SetsFactories.Made.class.getName(),
                        "sockets: java.net.ServerSocket: a factory has been set"),
                result.lines());
    }

    @Test
    void leavesTheFactoriesOfSocketsToOthers() throws Exception {
        ChildJvm.Result result = ChildJvm.run(SetsFactoriesLater.class, ChildJvm.FLAG);
        assertEquals(List.of("sockets: java.net.Socket is the JDK's", "set"), result.lines());
    }

    private static void printSockets() {
        Doctor.examine().stream()
                .map(Finding::what)
                .filter(what -> what.startsWith("sockets: "))
                .forEach(System.out::println);
    }

    static final class SetsFactories {
        public static void main(String[] args) throws Exception {
            set();
            printSockets();
        }

        @SuppressWarnings("deprecation") // there is no other hook
        static void set() throws IOException {
            Socket.setSocketImplFactory(Made::new);
            ServerSocket.setSocketFactory(Made::new);
        }

        /** For nothing but its name. */
        static final class Made extends UnusedSocket {}
    }

    static final class SetsFactoriesLater {
        public static void main(String[] args) throws Exception {
            printSockets();
            SetsFactories.set();
            System.out.println("set");
        }
    }
}
