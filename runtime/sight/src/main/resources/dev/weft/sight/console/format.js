/** Numbers and times as people read them. */

const NUMBER = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const CLOCK = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});

const UNITS = [
  [1e3, 1, 'ns'],
  [1e6, 1e3, 'µs'],
  [1e9, 1e6, 'ms'],
  [60e9, 1e9, 's'],
];

/** "1,234" */
export function count(number) {
  return NUMBER.format(number);
}

/** "1 greenlet", "2 greenlets" */
export function counted(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** "42 %" */
export function percent(share) {
  const value = share * 100;
  return value > 0 && value < 1 ? '< 1 %' : `${value.toFixed(0)} %`;
}

/** "1,234/s" */
export function rate(perSecond) {
  return perSecond === null ? '–' : `${perSecond < 10 && perSecond > 0 ? perSecond.toFixed(1) : count(perSecond)}/s`;
}

/** Nanoseconds: "850 ns", "1.2 ms", "4 min 10 s", "2 h 5 min". */
export function duration(nanos) {
  if (nanos === null || nanos === undefined) {
    return '–';
  }
  if (nanos <= 0) {
    return '0';
  }
  for (const [limit, unit, name] of UNITS) {
    if (nanos < limit) {
      const value = nanos / unit;
      return `${value < 10 && name !== 'ns' ? value.toFixed(1) : value.toFixed(0)} ${name}`;
    }
  }
  const seconds = Math.floor(nanos / 1e9);
  if (seconds < 3600) {
    return pair(seconds, 60, 'min', 1, 's');
  }
  return seconds < 86400 ? pair(seconds, 3600, 'h', 60, 'min') : pair(seconds, 86400, 'd', 3600, 'h');
}

function pair(seconds, large, largeName, small, smallName) {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}

/** "14:03:12" of milliseconds since the epoch. */
export function clock(millis) {
  return CLOCK.format(millis);
}
