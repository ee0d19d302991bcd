package dev.weft.bench.rival;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every contender does every service that it offers, in the process in which it would be measured. */
@Timeout(60)
final class RivalsTest {
    /** They start sooner, and do the same. */
    private static final List<String> FLAGS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

    static Stream<Arguments> contendersAndServices() {
        return Arrays.stream(Contender.values())
                .filter(RivalsTest::isHere)
                .flatMap(contender ->
                        contender.program().services().stream().sorted().map(service -> arguments(contender, service)));
    }

    /** Whether this machine has it; says how to get it if not. */
    static boolean isHere(Contender contender) {
        Optional<String> missing = contender.program().missing();
        missing.ifPresent(why -> System.out.println(contender.label() + " is left out: " + why));
        return missing.isEmpty();
    }

    @ParameterizedTest
    @MethodSource("contendersAndServices")
    void doesAllThatTheServiceIs(Contender contender, Service service) throws Exception {
        try (ServiceContract contract = ServiceContract.of(service)) {
            Terms terms = new Terms(service, coresFor(service), contract.upstream());
            try (ServerProcess server = ServerProcess.start(contender, terms, FLAGS)) {
                contract.verify(server.port());
            }
        }
    }

    /** Both numbers for each contender, and for what has an upstream. */
    private static int coresFor(Service service) {
        return switch (service) {
            case ECHO, TLS, BACKEND -> 1;
            case HTTP, BACKENDS, PROXY -> 2;
        };
    }
}
