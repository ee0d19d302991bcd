/**
 * Repeats a question, one at a time. An answer that took long is asked for less often, as it costs the program a tenth of one
 * thread's time then, unless that would be more than ten seconds apart.
 */

const SHARE_OF_TIME = 10;
const LONGEST_PAUSE_MILLIS = 10_000;

/** Returns a poller of an asynchronous question, which gives each answer to onAnswer until it is closed. */
export function poller(question, onAnswer) {
  let notBefore = 0;
  let asking = false;
  let again = false;
  let closed = false;

  async function now() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    const began = performance.now();
    try {
      const answer = await question();
      if (!closed) {
        onAnswer(answer);
      }
    } catch {
      // Disconnected, which the stream of snapshots reports.
    } finally {
      asking = false;
      notBefore = performance.now() + Math.min(LONGEST_PAUSE_MILLIS, SHARE_OF_TIME * (performance.now() - began));
    }
    if (again && !closed) {
      again = false;
      now();
    }
  }

  return {
    /** Asks now. */
    now,
    /** Asks, unless it is too soon. */
    poll() {
      if (!asking && performance.now() >= notBefore) {
        now();
      }
    },
    close() {
      closed = true;
    },
  };
}
