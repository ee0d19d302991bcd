package dev.weft.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that has ended, for an {@link AccessLog}.
 *
 * @param id the {@linkplain HttpRequest#id id}
 * @param remoteAddress the client's address
 * @param method the method
 * @param target the target as it was sent, shortened to 1,000 characters
 * @param version the version
 * @param status the status that was sent, or zero if none was
 * @param requestBytes the bytes of the request's body that were read
 * @param responseBytes the bytes of the response's body that were written
 * @param duration the time from the end of the request's head to the end of the response
 * @param failure what ended the request early: the handler's exception, or {@link dev.weft.Cancelled} if the client left
 */
public record AccessRecord(
        String id,
        InetSocketAddress remoteAddress,
        String method,
        String target,
        HttpVersion version,
        int status,
        long requestBytes,
        long responseBytes,
        Duration duration,
        Optional<Throwable> failure) {}
