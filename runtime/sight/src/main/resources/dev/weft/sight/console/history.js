/** What was measured lately, for the charts; and rates and percentiles, from the counters of two snapshots. */

const KEPT = 300;
const NO_LATENCY = {p50: null, p99: null};
const COUNTERS = ['switches', 'polls', 'spawned', 'wakeUps', 'timersFired'];

export class History {
  times = [];
  #loops = new Map();
  #last = null;

  /** Adds a snapshot, and gives each of its loops its utilisation, latency and rates since the snapshot before. */
  add(snapshot) {
    const before = new Map((this.#last?.loops ?? []).map(loop => [loop.name, loop]));
    const seconds = this.#last === null ? 0 : (snapshot.time - this.#last.time) / 1000;
    this.#keep(this.times, snapshot.time / 1000);
    for (const loop of snapshot.loops) {
      const earlier = seconds > 0 ? before.get(loop.name) : undefined;
      loop.utilisation = earlier ? utilisation(earlier.statistics, loop.statistics) : null;
      loop.rates = Object.fromEntries(COUNTERS.map(counter =>
        [counter, earlier ? Math.max(0, loop.statistics[counter] - earlier.statistics[counter]) / seconds : null]));
      loop.latency = earlier ? latency(earlier.statistics.latency.buckets, loop.statistics.latency.buckets) : NO_LATENCY;
      const series = this.#seriesOf(loop.name);
      this.#keep(series.utilisation, loop.utilisation === null ? null : loop.utilisation * 100);
      this.#keep(series.seconds, {utilisation: loop.utilisation, held: loop.state === 'held', running: loop.running, name: loop.runningName});
      this.#keep(series.latency, loop.latency.p99 === null ? null : loop.latency.p99 / 1e6);
    }
    this.#last = snapshot;
  }

  /** The values of "utilisation" (percent), "latency" (p99, in milliseconds) or "seconds" (for the timeline) of a loop, one for each time. */
  series(loop, name) {
    return this.#seriesOf(loop)[name];
  }

  #seriesOf(name) {
    let series = this.#loops.get(name);
    if (series === undefined) {
      series = {utilisation: [], latency: [], seconds: []};
      this.#loops.set(name, series);
    }
    return series;
  }

  #keep(values, value) {
    values.push(value);
    if (values.length > KEPT) {
      values.shift();
    }
  }
}

function utilisation(before, now) {
  const busy = now.busyNanos - before.busyNanos;
  const idle = now.idleNanos - before.idleNanos;
  return busy + idle <= 0 ? null : Math.min(1, Math.max(0, busy / (busy + idle)));
}

/** The percentiles, in nanoseconds, of what was added to a histogram; null if nothing was. */
function latency(before, now) {
  const earlier = new Map(before.map(bucket => [bucket.upToNanos, bucket.count]));
  const added = now.map(({upToNanos, count}) => ({upToNanos, count: count - (earlier.get(upToNanos) ?? 0)}));
  const all = added.reduce((sum, bucket) => sum + bucket.count, 0);
  const percentile = share => {
    let left = share * all;
    return added.find(bucket => (left -= bucket.count) <= 0).upToNanos;
  };
  return all <= 0 ? NO_LATENCY : {p50: percentile(0.5), p99: percentile(0.99)};
}
