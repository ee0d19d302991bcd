package dev.weft.bench.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The ratio of the subject's figure to a rival's. It is computed per round, not from the medians, so that disturbances of
 * both cancel out.
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
@JsonPropertyOrder({"spread", "outcome"})
public record Ratio(Spread spread, Outcome outcome) {
    private static final double TOLERANCE = 0.02;
    private static final int ROUNDS_PER_OUTLIER = 6;

    /** The outcome for the subject. A difference counts if it is above 2 % in all rounds except at most one in six. */
    public enum Outcome {
        WIN,
        TIE,
        LOSE
    }

    /** Summarises the ratios of the rounds; empty if none is known. */
    static Optional<Ratio> of(Metric metric, double... rounds) {
        double[] known = Arrays.stream(rounds).filter(Double::isFinite).toArray();
        return Spread.ofKnown(Arrays.stream(known)).map(spread -> new Ratio(spread.rounded(), outcome(metric, known)));
    }

    private static Outcome outcome(Metric metric, double... rounds) {
        int enough = rounds.length - rounds.length / ROUNDS_PER_OUTLIER;
        if (Arrays.stream(rounds).filter(ratio -> ratio > 1 + TOLERANCE).count() >= enough) {
            return metric.isMoreBetter() ? Outcome.WIN : Outcome.LOSE;
        }
        if (Arrays.stream(rounds).filter(ratio -> ratio < 1 - TOLERANCE).count() >= enough) {
            return metric.isMoreBetter() ? Outcome.LOSE : Outcome.WIN;
        }
        return Outcome.TIE;
    }

    /** Returns this ratio as a tie, for a measurement that allows no conclusion. */
    Ratio undecided() {
        return new Ratio(spread, Outcome.TIE);
    }

    String text() {
        return spread.text("%.2f");
    }
}
