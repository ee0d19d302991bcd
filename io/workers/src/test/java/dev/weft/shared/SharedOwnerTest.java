package dev.weft.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.Rejected;
import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.actor.OwnerEnded;
import dev.weft.serial.CallSite;
import dev.weft.serial.Malformed;
import dev.weft.serial.NotSerializable;
import dev.weft.serial.RemoteFailure;
import dev.weft.serial.Serializer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** An owner is reached by reference, over whatever carries bytes there and back. */
final class SharedOwnerTest {
    private static final Serializer SERIALIZER =
            Serializer.builder().allowPackage("dev.weft.shared").build();

    /** What a test does with an owner and its reference, as it was received by a peer. */
    private interface Use {
        void with(Owner<Map<String, Integer>> owner, SharedOwner<Map<String, Integer>> received) throws Exception;
    }

    @SuppressWarnings("unchecked")
    private static void run(Use use) throws Exception {
        Weft.<Exception>run(() -> {
            Owner<Map<String, Integer>> owner = Owner.start("counts", HashMap::new);
            OwnerServer server = new OwnerServer(SERIALIZER);
            OwnerClient client = new OwnerClient(SERIALIZER, server::answer);
            byte[] reference = server.serializer().write(SharedOwner.of(owner));
            use.with(owner, (SharedOwner<Map<String, Integer>>)
                    Objects.requireNonNull(client.serializer().read(reference)));
            owner.kill();
        });
    }

    @Test
    void aQuestionTravelsToTheOwnerAndItsAnswerBack() throws Exception {
        run((owner, received) -> {
            Integer count = received.ask(map -> map.merge("a", 1, Integer::sum));
            assertEquals(1, count);
            count = received.ask(map -> map.merge("a", 1, Integer::sum), Duration.ofSeconds(10));
            assertEquals(2, count);
            assertEquals(Map.of("a", 2), owner.ask(Map::copyOf));
        });
    }

    @Test
    void aRequestWithoutAnAnswerTravelsToTheOwner() throws Exception {
        run((owner, received) -> {
            received.tell(map -> map.put("a", 1));
            assertEquals(Map.of("a", 1), owner.ask(Map::copyOf));
        });
    }

    @Test
    void aReferenceToAnOwnerOfThisProcessIsTheOwner() throws Exception {
        run((owner, received) -> {
            SharedOwner<Map<String, Integer>> direct = SharedOwner.of(owner);
            direct.tell(map -> map.put("a", 1));
            Integer count = direct.ask(map -> map.getOrDefault("a", 0));
            assertEquals(1, count);
            count = direct.ask(map -> map.getOrDefault("a", 0), Duration.ofSeconds(10));
            assertEquals(1, count);
        });
    }

    @Test
    void whatAQuestionThrowsComesBackWholeWithThePlaceOfTheAsker() throws Exception {
        run((owner, received) -> {
            RemoteFailure failure = assertThrows(
                    RemoteFailure.class,
                    () -> received.ask(map -> {
                        throw new Rejected("no", List.of(), null);
                    }));
            assertEquals("com.example.Rejected: no", failure.toString());
            assertTrue(Arrays.stream(failure.getSuppressed())
                    .filter(CallSite.class::isInstance)
                    .flatMap(site -> Arrays.stream(site.getStackTrace()))
                    .anyMatch(frame -> frame.getClassName().equals(SharedOwnerTest.class.getName())));
        });
    }

    @Test
    void theTimeThatAnOwnerMayTakeIsBounded() throws Exception {
        run((owner, received) -> {
            CountDownLatch forEver = new CountDownLatch(1);
            owner.tell(map -> forEver.await());
            assertThrows(DeadlineExceeded.class, () -> received.ask(Map::size, Duration.ofMillis(1)));
        });
    }

    @Test
    void anOwnerThatHasEndedSaysSo() throws Exception {
        run((owner, received) -> {
            owner.stop(Duration.ofSeconds(10));
            OwnerEnded ended = assertThrows(OwnerEnded.class, () -> received.ask(Map::size));
            assertEquals("counts", ended.owner());
        });
    }

    @Test
    void anAnswerThatCannotTravelIsAFailure() throws Exception {
        run((owner, received) -> assertThrows(NotSerializable.class, () -> received.ask(map -> new Object())));
    }

    @Test
    void aReferenceThatComesHomeIsTheSame() throws Exception {
        run((owner, received) -> {
            OwnerServer server = new OwnerServer(SERIALIZER);
            OwnerClient client = new OwnerClient(SERIALIZER, server::answer);
            SharedOwner<?> local = SharedOwner.of(owner);
            Object there = client.serializer().read(server.serializer().write(local));
            assertInstanceOf(DistantOwner.class, there);
            assertSame(local, server.serializer().read(client.serializer().write(there)));
        });
    }

    @Test
    void aNumberThatNoOwnerHasIsRefused() throws Exception {
        run((owner, received) -> {
            Serializer serializer = new OwnerServer(SERIALIZER).serializer();
            serializer.write(SharedOwner.of(owner)); // as number 0
            for (long number : List.of(1L, -1L, 1L << 32, -1L << 32)) {
                assertThrows(Malformed.class, () -> serializer.read(SERIALIZER.write(new OwnerHandle(number))));
            }
        });
    }

    @Test
    void garbageIsAnsweredWithAFailure() throws Exception {
        OwnerServer server = new OwnerServer(SERIALIZER);
        OwnerAnswer answer =
                (OwnerAnswer) Objects.requireNonNull(server.serializer().read(server.answer(new byte[] {1, 2, 3})));
        assertInstanceOf(Malformed.class, SERIALIZER.readFailure(Objects.requireNonNull(answer.failure())));
    }
}
