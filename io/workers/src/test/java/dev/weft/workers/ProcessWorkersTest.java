package dev.weft.workers;

/** Workers that are processes. */
final class ProcessWorkersTest extends WorkersContract {
    @Override
    Workers open(WorkersBuilder builder) {
        return builder.processes();
    }
}
