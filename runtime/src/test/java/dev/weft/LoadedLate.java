package dev.weft;

/** A class that nobody needs before a certain test; JUnit would load a nested one. */
final class LoadedLate {
    private LoadedLate() {}

    static int value() {
        return 7;
    }
}
