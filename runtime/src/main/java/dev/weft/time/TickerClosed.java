package dev.weft.time;

/** Thrown by a wait for the next tick of a ticker that is, or has meanwhile been, closed. */
public final class TickerClosed extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    TickerClosed(Ticker ticker) {
        super(ticker + " was closed; use run(body), which returns then, or open a new one with Ticker.every");
    }
}
