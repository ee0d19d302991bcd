/** What carries the packets of a cluster, and tells who is in it. */
@NullMarked
package dev.weft.cluster.transport;

import org.jspecify.annotations.NullMarked;
