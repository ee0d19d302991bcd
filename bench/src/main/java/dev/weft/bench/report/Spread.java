package dev.weft.bench.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** The median and the range of several rounds. An array of three numbers in JSON. */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
@JsonPropertyOrder({"median", "lowest", "highest"})
public record Spread(double median, double lowest, double highest) {
    /**
     * Returns the spread of {@code values}.
     *
     * @throws IllegalArgumentException if there are no values
     */
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

    /** Returns the spread of {@code value} over {@code items}. */
    public static <T> Spread of(Collection<T> items, ToDoubleFunction<T> value) {
        return of(items.stream().mapToDouble(value).toArray());
    }

    /** Returns the spread of the known (finite) {@code values}; empty if there are none. */
    static Optional<Spread> ofKnown(DoubleStream values) {
        double[] known = values.filter(Double::isFinite).toArray();
        return known.length == 0 ? Optional.empty() : Optional.of(of(known));
    }

    /** Returns this spread rounded to seven digits, to keep the saved file short. */
    Spread rounded() {
        return new Spread(rounded(median), rounded(lowest), rounded(highest));
    }

    private static double rounded(double number) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.6e", number));
    }

    /** Formats median and range; {@code format} applies to each number. */
    public String text(String format) {
        return String.format(Locale.ROOT, format + " (" + format + "-" + format + ")", median, lowest, highest);
    }
}
