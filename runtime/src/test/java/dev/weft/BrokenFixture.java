package dev.weft;

import java.util.Arrays;
import java.util.List;

/** Two expected failures, to be told apart. */
abstract class BrokenFixture extends TaskFixture {
    final Broken first = new Broken("first");
    final Broken second = new Broken("second");

    static List<Broken> brokenIn(Throwable failure) {
        return Arrays.stream(failure.getSuppressed())
                .filter(Broken.class::isInstance)
                .map(Broken.class::cast)
                .toList();
    }
}
