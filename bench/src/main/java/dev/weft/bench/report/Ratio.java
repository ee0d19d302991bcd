package dev.weft.bench.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * How the subject of a comparison stands to a rival: the ratio of each round, not of the medians, so that what disturbed
 * both is left out.
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
@JsonPropertyOrder({"spread", "outcome"})
public record Ratio(Spread spread, Outcome outcome) {
    private static final double SAME = 0.02;
    private static final int ONE_IN = 6;

    /** For the subject. A difference counts if it is above 2 % in every round, but for one in six. */
    public enum Outcome {
        WIN,
        TIE,
        LOSE
    }

    /** What the rounds' ratios come to; none if none is known. */
    static Optional<Ratio> of(Metric metric, double... rounds) {
        double[] known = Arrays.stream(rounds).filter(Double::isFinite).toArray();
        return Spread.ofKnown(Arrays.stream(known)).map(spread -> new Ratio(spread.rounded(), outcome(metric, known)));
    }

    private static Outcome outcome(Metric metric, double... rounds) {
        int enough = rounds.length - rounds.length / ONE_IN;
        if (Arrays.stream(rounds).filter(ratio -> ratio > 1 + SAME).count() >= enough) {
            return metric.isMoreBetter() ? Outcome.WIN : Outcome.LOSE;
        }
        if (Arrays.stream(rounds).filter(ratio -> ratio < 1 - SAME).count() >= enough) {
            return metric.isMoreBetter() ? Outcome.LOSE : Outcome.WIN;
        }
        return Outcome.TIE;
    }

    /** The same where nothing can be concluded from it. */
    Ratio undecided() {
        return new Ratio(spread, Outcome.TIE);
    }

    String text() {
        return spread.text("%.2f");
    }
}
