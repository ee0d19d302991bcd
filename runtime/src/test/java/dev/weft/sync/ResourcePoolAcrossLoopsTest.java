package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ResourcePoolAcrossLoopsTest extends AcrossLoopsFixture {
    private static final ScopedValue<String> USER = ScopedValue.newInstance();

    /** Opens a pool whose resources are the loops on which they were created. */
    private ResourcePool<Loop> loops() {
        return home.call(() ->
                ResourcePool.builder(Loop::current).size(1).disposal(loop -> {}).open());
    }

    @Test
    void aResourceIsNotLentToAnotherLoop() {
        ResourcePool<Loop> pool = loops();
        for (var elsewhere : new Runnable[] {
            pool::lease, () -> away.spawn(() -> pool.lease()).join()
        }) {
            String said =
                    assertThrows(IllegalStateException.class, elsewhere::run).toString();
            assertTrue(said.contains("use(...)"), said);
        }
        assertEquals(new ResourcePool.Statistics(1, 0, 0), pool.statistics());
    }

    @Test
    void theWorkGoesToTheResource() throws Exception {
        ResourcePool<Loop> pool = loops();
        assertSame(home, pool.use(loop -> Loop.current()));
        assertSame(home, away.spawn(() -> pool.use(loop -> Loop.current())).join());
        assertEquals(
                "somebody",
                away.spawn(() -> ScopedValue.where(USER, "somebody").call(() -> pool.use(loop -> USER.get())))
                        .join());
        IOException failure = new IOException("broken");
        assertSame(
                failure,
                assertThrows(
                        IOException.class,
                        () -> pool.use(loop -> {
                            throw failure;
                        })));
        assertEquals(new ResourcePool.Statistics(1, 0, 1), pool.statistics());
        pool.close();
        assertEquals(new ResourcePool.Statistics(1, 0, 0), pool.statistics());
        assertThrows(IllegalStateException.class, () -> pool.use(loop -> loop));
    }

    @Test
    void workThatIsKilledOrWaitsInVainReturnsItsResource() {
        try (SteppedPair pair = new SteppedPair()) {
            ResourcePool<String> pool = pair.home()
                    .run(() -> ResourcePool.builder(() -> "resource").size(1).open());
            Greenlet<?> working = pair.away()
                    .spawn(() -> pool.use(resource -> {
                        Weft.sleep(NEVER);
                        return resource;
                    }));
            pair.runUntilIdle();
            String site = pair.home().loop().greenlets().get(0).spawnSite().getClassName();
            assertTrue(site.startsWith(ResourcePoolAcrossLoopsTest.class.getName()), site);
            Greenlet<?> waiting = pair.away().spawn(() -> pool.use(resource -> resource));
            Greenlet<String> next = pair.away().spawn(() -> pool.use(resource -> resource));
            pair.runUntilIdle();
            waiting.kill();
            pair.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, waiting.state());
            working.kill();
            pair.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, working.state());
            assertEquals("resource", next.join());
            assertEquals(new ResourcePool.Statistics(1, 0, 1), pair.home().run(pool::statistics));
        }
    }

    @Test
    void aFailureThrownIntoTheCallerEndsTheWork() {
        try (SteppedPair pair = new SteppedPair()) {
            ResourcePool<String> pool = pair.home()
                    .run(() -> ResourcePool.builder(() -> "resource").size(1).open());
            IOException failure = new IOException("thrown into the caller");
            Greenlet<?> working = pair.away()
                    .spawn(() -> assertSame(
                            failure,
                            assertThrows(
                                    IOException.class,
                                    () -> pool.use(resource -> {
                                        Weft.sleep(NEVER);
                                        return resource;
                                    }))));
            pair.runUntilIdle();
            working.throwInto(failure);
            pair.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, working.state());
            assertEquals(new ResourcePool.Statistics(1, 0, 1), pair.home().run(pool::statistics));
        }
    }
}
