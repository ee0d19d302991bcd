package dev.weft.workers;

/** Workers that are threads. */
final class ThreadWorkersTest extends WorkersContract {
    @Override
    Workers open(WorkersBuilder builder) {
        return builder.threads();
    }
}
