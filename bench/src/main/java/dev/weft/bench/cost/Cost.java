package dev.weft.bench.cost;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A JMH benchmark with values for all its parameters except the one that selects the contender.
 *
 * @param benchmark class and method
 * @param parameters the values of the other parameters
 * @param contenderParameter the name of the parameter that selects the contender; empty if there is none
 * @param contenders the values of that parameter, the first of which is Weft; a single empty string if there is none
 */
record Cost(
        String benchmark, SortedMap<String, String> parameters, String contenderParameter, List<String> contenders) {
    private static final Set<String> COMPARED = Set.of("carrier", "source");
    private static final String PACKAGE = Cost.class.getPackageName() + ".";

    /** Returns the costs whose class and method match {@code pattern}. */
    static List<Cost> matching(String pattern) {
        Collection<BenchmarkListEntry> entries = BenchmarkList.defaultList()
                .find(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of(pattern),
                        List.of());
        List<Cost> costs = new ArrayList<>();
        for (BenchmarkListEntry entry : entries) {
            if (entry.getUsername().startsWith(PACKAGE)) {
                Map<String, String[]> parameters =
                        Optional.ofNullable(entry.getParams().orElse(null)).orElse(Map.of());
                expand(entry.getUsername(), parameters, costs);
            }
        }
        return costs;
    }

    private static void expand(String benchmark, Map<String, String[]> parameters, List<Cost> costs) {
        String contenderParameter = parameters.keySet().stream()
                .filter(COMPARED::contains)
                .findFirst()
                .orElse("");
        List<String> contenders = contenderParameter.isEmpty()
                ? List.of("")
                : List.of(parameters.getOrDefault(contenderParameter, new String[0]));
        List<SortedMap<String, String>> combinations = List.of(new TreeMap<>());
        for (Map.Entry<String, String[]> parameter : new TreeMap<>(parameters).entrySet()) {
            if (!parameter.getKey().equals(contenderParameter)) {
                combinations = with(combinations, parameter.getKey(), parameter.getValue());
            }
        }
        combinations.forEach(others -> costs.add(new Cost(benchmark, others, contenderParameter, contenders)));
    }

    private static List<SortedMap<String, String>> with(
            List<SortedMap<String, String>> combinations, String name, String... values) {
        List<SortedMap<String, String>> more = new ArrayList<>();
        for (SortedMap<String, String> combination : combinations) {
            for (String value : values) {
                SortedMap<String, String> extended = new TreeMap<>(combination);
                extended.put(name, value);
                more.add(extended);
            }
        }
        return more;
    }

    String label() {
        String name = benchmark.substring(PACKAGE.length());
        return parameters.isEmpty() ? name : name + parameters;
    }
}
