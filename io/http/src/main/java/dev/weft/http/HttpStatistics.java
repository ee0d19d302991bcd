package dev.weft.http;

/**
 * What a server has done so far.
 *
 * @param connections the open connections
 * @param requests the requests that were read
 * @param inFlight the requests that are being answered
 * @param rejected the requests that broke a rule or a limit
 * @param failed the requests whose handler failed
 * @param cancelled the requests that were cancelled because the client left, or killed because the server stopped
 */
public record HttpStatistics(
        int connections, long requests, long inFlight, long rejected, long failed, long cancelled) {

    HttpStatistics plus(HttpStatistics other) {
        return new HttpStatistics(
                connections + other.connections,
                requests + other.requests,
                inFlight + other.inFlight,
                rejected + other.rejected,
                failed + other.failed,
                cancelled + other.cancelled);
    }
}
