package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.Locale;

/**
 * How the subject of a comparison stands to a rival: the ratio of each round, not of the medians, so that what disturbed
 * both is left out.
 */
public record Ratio(Contender rival, Metric metric, Spread spread) {
    private static final double SAME = 0.02;

    /** What it means, if one believes no difference that is below 2 % in one of the rounds. */
    public enum Outcome {
        WIN,
        TIE,
        LOSE
    }

    Outcome outcome() {
        if (spread.lowest() > 1 + SAME) {
            return metric.isMoreBetter() ? Outcome.WIN : Outcome.LOSE;
        }
        if (spread.highest() < 1 - SAME) {
            return metric.isMoreBetter() ? Outcome.LOSE : Outcome.WIN;
        }
        return Outcome.TIE;
    }

    /** Median and range as text. */
    String text() {
        return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", spread.median(), spread.lowest(), spread.highest());
    }
}
