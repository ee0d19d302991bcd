/**
 * Greenlets on several nodes. A node is a program that has joined a {@link dev.weft.cluster.Cluster}; nodes spawn greenlets on each
 * other, and send messages to what others own.
 */
@NullMarked
package dev.weft.cluster;

import org.jspecify.annotations.NullMarked;
