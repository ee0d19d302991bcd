package dev.weft.http;

import java.util.List;
import java.util.Locale;

/** The content codings that a client accepts (RFC 9110, section 12.5.3). */
final class AcceptEncoding {
    private AcceptEncoding() {}

    /**
     * Returns whether a client with these values of {@code Accept-Encoding} takes gzip, and not rather the body as it is. A coding
     * has the weight of its name, or else that of {@code *}; without either, gzip is not accepted. Malformed weights count as 0.
     */
    static boolean prefersGzip(List<String> values) {
        double gzip = -1;
        double identity = -1;
        double others = -1;
        for (String value : values) {
            for (String part : value.split(",", -1)) {
                String[] coding = part.split(";", 2);
                double weight = coding.length == 1 ? 1 : weight(coding[1]);
                switch (coding[0].strip().toLowerCase(Locale.ROOT)) {
                    case "gzip", "x-gzip" -> gzip = weight;
                    case "identity" -> identity = weight;
                    case "*" -> others = weight;
                    default -> {}
                }
            }
        }
        double effective = gzip < 0 ? others : gzip;
        return effective > 0 && effective >= identity;
    }

    private static double weight(String parameter) {
        String text = parameter.strip();
        return text.matches("(?i)q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)") ? Double.parseDouble(text.substring(2)) : 0;
    }
}
