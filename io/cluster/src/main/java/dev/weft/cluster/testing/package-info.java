/** A network in one process, for tests of what runs on a cluster. */
@NullMarked
package dev.weft.cluster.testing;

import org.jspecify.annotations.NullMarked;
