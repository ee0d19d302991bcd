package dev.weft.sight.tool;

import java.util.List;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of a command about one program. */
final class Target {
    @Parameters(index = "0", paramLabel = "TARGET", description = "A process ID, or the path of a group's socket.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String target;

    @Option(names = "--group", paramLabel = "NAME", description = "Only the group of this name.")
    private String group = "";

    String target() {
        return target;
    }

    /** Calls {@code action} with each chosen group; returns the highest exit status. */
    int forEachGroup(ToIntFunction<Group> action) {
        return forEachGroup(target, group, action);
    }

    static int forEachGroup(String target, String name, ToIntFunction<Group> action) {
        return withGroups(
                target, name, groups -> groups.stream().mapToInt(action).max().orElse(0));
    }

    /** Calls {@code action} with all chosen groups; returns its exit status. */
    int withGroups(ToIntFunction<List<Group>> action) {
        return withGroups(target, group, action);
    }

    private static int withGroups(String target, String name, ToIntFunction<List<Group>> action) {
        try (Program program = Program.open(target)) {
            return action.applyAsInt(chosen(program.groups(), name));
        }
    }

    private static List<Group> chosen(List<Group> all, String name) {
        List<Group> chosen = all.stream()
                .filter(group -> name.isEmpty() || group.name().equals(name))
                .toList();
        if (chosen.isEmpty()) {
            throw new ToolFailure("there is no group \"" + name + "\"; there is "
                    + String.join(", ", all.stream().map(Group::name).toList()));
        }
        return chosen;
    }
}
