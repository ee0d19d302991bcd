package dev.weft.observe;

import java.util.List;

/**
 * A greenlet.
 *
 * @param id the number of its thread, which no other greenlet of the JVM ever has
 * @param loop the name of its loop
 * @param state its state, in lower case
 * @param spawner the number of the greenlet that spawned it; 0: it was spawned from outside
 * @param spawnerName the name of that one; empty if it has ended
 * @param parent the number of the greenlet whose scope it was spawned into; 0: none
 * @param scopes the scopes that it has open, the innermost first
 * @param adopted whether it is a virtual thread that code in a greenlet has started
 * @param runtime whether it is the runtime's own, which calls callbacks and handlers
 * @param awaits its wait; {@link WaitSnapshot#NONE} if it does not wait
 * @param killedNanos how long ago it was killed; -1 if it was not
 * @param stack its stack, the innermost frame first, if asked for
 */
public record GreenletSnapshot(
        long id,
        String name,
        String loop,
        String state,
        String spawnSite,
        long spawner,
        String spawnerName,
        long parent,
        List<ScopeSnapshot> scopes,
        boolean adopted,
        boolean runtime,
        WaitSnapshot awaits,
        long killedNanos,
        List<String> stack) {}
