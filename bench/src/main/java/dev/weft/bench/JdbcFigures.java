package dev.weft.bench;

import dev.weft.bench.report.Spread;
import java.util.Locale;

/**
 * What a {@link JdbcClient} measured in its window.
 *
 * @param answersPerSecond queries whose answer was read, a second
 * @param p50Millis median of the time from asking the pool for a connection until the answer is read
 * @param p99Millis of a hundred one took longer
 * @param maxMillis the slowest
 * @param cpuMicrosPerAnswer CPU time of the client's process, all threads, by the answers
 */
record JdbcFigures(
        double answersPerSecond, double p50Millis, double p99Millis, double maxMillis, double cpuMicrosPerAnswer) {

    /** The columns of the table. */
    enum Column {
        ANSWERS_PER_SECOND("answers/s", 0),
        P50_MILLIS("p50 ms", 1),
        P99_MILLIS("p99 ms", 1),
        MAX_MILLIS("max ms", 1),
        CPU_MICROS_PER_ANSWER("CPU µs/answer", 1);

        private final String label;
        private final int decimals;

        Column(String label, int decimals) {
            this.label = label;
            this.decimals = decimals;
        }

        String label() {
            return label;
        }

        double of(JdbcFigures figures) {
            return switch (this) {
                case ANSWERS_PER_SECOND -> figures.answersPerSecond;
                case P50_MILLIS -> figures.p50Millis;
                case P99_MILLIS -> figures.p99Millis;
                case MAX_MILLIS -> figures.maxMillis;
                case CPU_MICROS_PER_ANSWER -> figures.cpuMicrosPerAnswer;
            };
        }

        /** Median and range as text. */
        String text(Spread spread) {
            return text(spread.median()) + " (" + text(spread.lowest()) + "-" + text(spread.highest()) + ")";
        }

        private String text(double number) {
            return String.format(Locale.ROOT, "%,." + decimals + "f", number);
        }
    }
}
