package dev.weft.workers;

/** Workers that are greenlets. */
final class GreenletWorkersTest extends WorkersContract {
    @Override
    Workers open(WorkersBuilder builder) {
        return builder.greenlets();
    }
}
