package dev.weft.bench.cost;

/** How much time goes into a figure. */
enum Effort {
    /** Three rounds of a second each: for a look. */
    QUICK(3, 2, 3, 200),
    /** Five rounds of ten seconds each: for figures that are shown to others. */
    FULL(5, 5, 5, 1000);

    final int rounds;
    final int warmUps;
    final int measurements;
    final int iterationMillis;

    Effort(int rounds, int warmUps, int measurements, int iterationMillis) {
        this.rounds = rounds;
        this.warmUps = warmUps;
        this.measurements = measurements;
        this.iterationMillis = iterationMillis;
    }
}
