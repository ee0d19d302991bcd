package dev.weft;

import java.util.List;

/**
 * A finding that greenlets can never proceed, although the rest of the program may. See {@link LoopGroup#verdicts} and {@link
 * dev.weft.spi.LoopListener#onVerdict}.
 *
 * <p>A greenlet that waits with a time limit, or for anything that the runtime does not know, is assumed to proceed. So there
 * are deadlocks without a verdict; but there is no verdict on a program that goes on by itself. A kill still ends any wait.
 *
 * @param kind how certain it is
 * @param greenlets those that are stuck; those that wait for one another in a cycle come first
 * @param text who waits for whom, in words, with the places in the code and a cure; several lines
 */
public record Verdict(Kind kind, List<Greenlet<?>> greenlets, String text) {
    /** How certain a verdict is. */
    public enum Kind {
        /** Everyone who could end the waits is known, and is among the greenlets. */
        CERTAIN,
        /**
         * Everyone who has ever used the other side of the channels and events is among the greenlets, or is their creator and has
         * ended; and no other greenlet descends from the creator. Wrong if that one has passed them on to strangers who have not
         * used them so far.
         */
        PRESUMED,
        /** Nothing alive can reach what the greenlets wait for, by a search of the heap. */
        LEAKED
    }

    /** Makes an unmodifiable copy of the greenlets. */
    public Verdict {
        greenlets = List.copyOf(greenlets);
    }
}
