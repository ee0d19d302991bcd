package dev.weft.examples;

import dev.weft.generator.Emitter;
import dev.weft.generator.Generator;
import java.util.List;

/**
 * The same-fringe problem, a classic use of coroutines: do two trees of any shape have the same leaves in the same order?
 * Two recursive walks advance in lockstep and stop at the first difference.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar same-fringe}
 */
public final class SameFringe {
    private SameFringe() {}

    private static void leaves(Object tree, Emitter<Object> out) {
        if (tree instanceof List<?> children) {
            children.forEach(child -> leaves(child, out));
        } else {
            System.out.println("  visits " + tree);
            out.emit(tree);
        }
    }

    private static boolean sameFringe(Object left, Object right) {
        try (Generator<Object> lefts = Generator.of(out -> leaves(left, out));
                Generator<Object> rights = Generator.of(out -> leaves(right, out))) {
            while (lefts.hasNext() && rights.hasNext()) {
                if (!lefts.next().equals(rights.next())) {
                    return false;
                }
            }
            return !lefts.hasNext() && !rights.hasNext();
        }
    }

    private static void compare(Object left, Object right) {
        System.out.println(left + " and " + right);
        System.out.println(sameFringe(left, right) ? "the same" : "not the same");
    }

    /** Compares two pairs of trees; takes no arguments. */
    public static void main(String[] args) {
        compare(List.of(1, List.of(2, 3)), List.of(List.of(1, 2), 3));
        compare(List.of(1, List.of(2, 3)), List.of(List.of(1, 4), 3));
    }
}
