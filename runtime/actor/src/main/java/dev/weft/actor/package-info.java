/**
 * One greenlet for each resource: it alone touches the state, and others send it requests. {@link dev.weft.actor.Owner} keeps a
 * state, {@link dev.weft.actor.Mailbox} is what a greenlet receives messages from, also out of order.
 *
 * <p>Both live on one loop, their <em>home</em>, and take messages from every loop and from plain threads. This package uses only
 * the public API of {@link dev.weft.lowlevel}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.actor;
