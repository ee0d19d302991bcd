/** The transport on JGroups. */
@NullMarked
package dev.weft.cluster.jgroups;

import org.jspecify.annotations.NullMarked;
