package dev.weft.spi;

import dev.weft.Greenlet;
import java.util.Collection;

/**
 * Something that some greenlets hold while others wait for it: the tokens of a limiter, the places of a pool. By this it
 * tells its loop who has to go on before anybody else can, so that those who wait for each other in a ring are found and
 * reported, although timers and sockets keep the loop busy.
 *
 * <p>It is what {@link dev.weft.Greenlet}s await ({@link dev.weft.Awaitable}), and calls {@link dev.weft.lowlevel.Suspension#contended} when
 * somebody begins to wait for it. The look at it, once a second while somebody waits, is for ever: whoever waits with a time
 * limit, or for anything that the kernel cannot look through, counts as one who will go on.
 *
 * <p>Its {@code toString} says what one would get, as in "a token of the limiter". Belongs to the loop's thread.
 */
public interface Contended {
    /** Whether anybody waits for it. */
    boolean isAwaited();

    /**
     * The greenlets of which at least one has to go on before anybody who waits can: all who hold it. Empty if that is not
     * known for sure, as when one holds it in the name of something else: then nothing is reported.
     */
    Collection<? extends Greenlet<?>> holders();
}
