/** Messages between two JVMs: of a cluster of Weft's, and of what else one could take. */
@NullMarked
package dev.weft.bench.cluster;

import org.jspecify.annotations.NullMarked;
