package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.actor.OwnerEnded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An owner as a child. */
class OwnerChildTest extends SupervisorFixture {
    @SuppressWarnings("NullAway.Init") // by the start of the child
    private Owner<List<String>> owner;

    private Supervisor start() {
        return start(Supervisor.oneForOne()
                .intensity(3, SECOND)
                .child(ChildSpec.owner("log", () -> owner = Owner.start("log", ArrayList::new))
                        .grace(SECOND)));
    }

    @Test
    void oneThatFailsIsReplacedByOneWithANewState() {
        start();
        Owner<List<String>> first = owner;
        run(() -> first.ask(lines -> lines.add("before")));
        run(() -> {
            first.tell(lines -> {
                throw new Broken("tell");
            });
            return "told";
        });
        assertThrows(OwnerEnded.class, () -> run(() -> first.ask(List::size)));
        int size = run(() -> owner.ask(List::size));
        assertEquals(0, size);
        assertEquals(1, reports.size());
    }

    @Test
    void whenItIsStoppedItHandlesWhatIsQueued() {
        Supervisor top = start();
        run(() -> {
            owner.tell(lines -> Weft.sleep(SECOND.dividedBy(2)));
            owner.tell(lines -> happened.add("handled"));
            return "told";
        });
        Greenlet<?> stopping = begin(() -> {
            top.close();
            return null;
        });
        happened.assertHappened();
        stepped.advance(SECOND.dividedBy(2));
        happened.assertHappened("handled");
        assertTrue(stopping.state().isDone());
        assertEquals(List.of(), reports);
    }

    @Test
    void afterItsGraceItIsKilled() {
        Supervisor top = start();
        run(() -> {
            owner.tell(lines -> Weft.shield(() -> Weft.sleep(MINUTE)));
            return "told";
        });
        Greenlet<?> stopping = begin(() -> {
            top.close();
            return null;
        });
        stepped.advance(SECOND);
        assertTrue(stopping.state().isDone());
    }
}
