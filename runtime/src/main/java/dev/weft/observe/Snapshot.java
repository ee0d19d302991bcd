package dev.weft.observe;

import java.util.List;

/**
 * A group as one look has found it. The values were read one after the other while the loops ran.
 *
 * @param takenEpochMillis when, by the clock on the wall
 * @param takenNanos when, by {@link System#nanoTime}
 * @param version Weft's; empty if unknown
 * @param alive how many greenlets there are
 * @param matched how many of them match the filter
 * @param greenlets those, the oldest first, up to the limit; none if they are too many
 * @param sites all that match, by spawn site and wait, the most frequent first, up to 1,000
 * @param resources what the matching greenlets wait for, up to 1,000
 */
public record Snapshot(
        String group,
        long takenEpochMillis,
        long takenNanos,
        long pid,
        String version,
        boolean open,
        int alive,
        int matched,
        List<LoopSnapshot> loops,
        List<PoolSnapshot> pools,
        List<GreenletSnapshot> greenlets,
        List<SiteSnapshot> sites,
        List<ResourceSnapshot> resources,
        List<VerdictSnapshot> verdicts,
        List<LintSnapshot> lints) {
    /** Returns it as JSON. */
    public String json() {
        return Json.of(this);
    }
}
