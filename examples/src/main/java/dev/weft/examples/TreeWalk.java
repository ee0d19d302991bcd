package dev.weft.examples;

import dev.weft.generator.Emitter;
import dev.weft.generator.Generator;
import java.util.List;

/**
 * A generator of the paths in a tree. A recursive method emits from any depth, and the consumer stops it when it has seen
 * enough.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar tree-walk [PATHS]}
 */
public final class TreeWalk {
    private record Node(String name, List<Node> children) {
        static Node of(String name, Node... children) {
            return new Node(name, List.of(children));
        }
    }

    private static final Node PROJECT = Node.of(
            "weft",
            Node.of("runtime", Node.of("main", Node.of("Weft"), Node.of("Loop")), Node.of("test")),
            Node.of("io", Node.of("main")));

    private TreeWalk() {}

    private static void walk(String path, Node node, Emitter<String> out) {
        out.emit(path + node.name);
        for (Node child : node.children) {
            walk(path + node.name + "/", child, out);
        }
    }

    /** Prints the number of paths given as the argument, by default all. */
    public static void main(String[] args) {
        int limit = args.length > 0 ? Integer.parseInt(args[0]) : Integer.MAX_VALUE;
        try (Generator<String> paths = Generator.of(out -> walk("", PROJECT, out))) {
            for (int count = 0; count < limit && paths.hasNext(); count++) {
                System.out.println(paths.next());
            }
        }
    }
}
