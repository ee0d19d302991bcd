/**
 * A running program as seen from outside: snapshots of loops, greenlets, waits and resources, verdicts and lints, as records and
 * as JSON. For Weft's own tools; not exported to users.
 *
 * <p>Everything here is pulled. An observer reads what the loops write anyway, on a thread of its own; it posts nothing and takes
 * no lock that loops or greenlets take. So it works while a loop hangs, and a loop does not notice it.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.observe;
