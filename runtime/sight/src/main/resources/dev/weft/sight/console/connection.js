/**
 * The stream of snapshots: one a second while the page is visible, as the program computes them only for those who look. When
 * it breaks, it is tried again every two seconds, with the last snapshot left on the page.
 */

const RETRY_MILLIS = 2000;

/** Opens the stream; calls onSnapshot with each snapshot, and onState with "connecting", "live", "paused", "lost" or "closed". */
export function connect(onSnapshot, onState) {
  let source = null;
  let retry = null;
  let state = '';

  function enter(next) {
    if (state !== next) {
      state = next;
      onState(next);
    }
  }

  function leave() {
    source?.close();
    source = null;
    clearTimeout(retry);
  }

  function open() {
    leave();
    source = new EventSource('events');
    source.addEventListener('snapshot', event => {
      enter('live');
      onSnapshot(JSON.parse(event.data));
    });
    source.addEventListener('closed', () => {
      leave();
      enter('closed');
    });
    source.onerror = () => {
      leave();
      enter('lost');
      retry = setTimeout(open, RETRY_MILLIS);
    };
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      leave();
    } else if (state !== 'closed' && state !== 'paused') {
      open();
    }
  });
  enter('connecting');
  open();
  return {
    pause() {
      if (state !== 'closed') {
        leave();
        enter('paused');
      }
    },
    resume() {
      if (state === 'paused') {
        enter('connecting');
        open();
      }
    },
  };
}

/** Asks the program for JSON; null if there is no such thing. Throws an error with the program's own words if it refuses. */
export async function ask(path, parameters = {}, options = {}) {
  const query = new URLSearchParams(parameters).toString();
  const response = await fetch(query ? `${path}?${query}` : path, options);
  if (response.status === 404) {
    return null;
  }
  if (!response.ok) {
    throw new Error(await response.text());
  }
  return response.status === 204 ? null : response.json();
}
