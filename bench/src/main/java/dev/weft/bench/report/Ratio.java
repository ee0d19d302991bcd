package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How the subject of a comparison stands to a rival: the ratio of each round, not of the medians, so that what disturbed
 * both is left out.
 *
 * @param above in how many rounds it is clearly above 1
 * @param below in how many clearly below
 */
public record Ratio(Contender rival, Metric metric, Spread spread, long above, long below) {
    private static final double SAME = 0.02;
    private static final int ONE_IN = 6;

    /** What it means, if one believes a difference of more than 2 % that is there in all rounds, but for one in six. */
    public enum Outcome {
        WIN,
        TIE,
        LOSE
    }

    /** What the rounds' ratios, of which one at least must be known, come to. */
    static Optional<Ratio> of(Contender rival, Metric metric, double... rounds) {
        return Spread.ofKnown(Arrays.stream(rounds))
                .map(spread -> new Ratio(
                        rival,
                        metric,
                        spread,
                        Arrays.stream(rounds).filter(ratio -> ratio > 1 + SAME).count(),
                        Arrays.stream(rounds).filter(ratio -> ratio < 1 - SAME).count()));
    }

    Outcome outcome() {
        int enough = spread.rounds() - spread.rounds() / ONE_IN;
        if (above >= enough) {
            return metric.isMoreBetter() ? Outcome.WIN : Outcome.LOSE;
        }
        if (below >= enough) {
            return metric.isMoreBetter() ? Outcome.LOSE : Outcome.WIN;
        }
        return Outcome.TIE;
    }

    /** Median and range as text. */
    String text() {
        return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", spread.median(), spread.lowest(), spread.highest());
    }
}
