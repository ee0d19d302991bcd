package dev.weft.bench.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** What several rounds gave: the median and the range. In JSON three numbers. */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
@JsonPropertyOrder({"median", "lowest", "highest"})
public record Spread(double median, double lowest, double highest) {
    /** The spread of {@code values}, of which there must be one at least. */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a spread needs at least one value");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** The spread of what {@code value} gives for each of {@code items}. */
    public static <T> Spread of(Collection<T> items, ToDoubleFunction<T> value) {
        return of(items.stream().mapToDouble(value).toArray());
    }

    /** The spread of those of {@code values} that are known, that is finite; none if none is. */
    static Optional<Spread> ofKnown(DoubleStream values) {
        double[] known = values.filter(Double::isFinite).toArray();
        return known.length == 0 ? Optional.empty() : Optional.of(of(known));
    }

    /** With seven digits, so that the kept file is short. */
    Spread rounded() {
        return new Spread(rounded(median), rounded(lowest), rounded(highest));
    }

    private static double rounded(double number) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.6e", number));
    }

    /** Median and range as text, as {@code format} has one number. */
    public String text(String format) {
        return String.format(Locale.ROOT, format + " (" + format + "-" + format + ")", median, lowest, highest);
    }
}
