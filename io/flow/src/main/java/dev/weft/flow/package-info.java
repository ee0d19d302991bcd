/**
 * Components that know nothing of each other, and graphs that link them: Kamaelia's model, in Weft's words.
 *
 * <p>A {@link dev.weft.flow.Component} reads from its inboxes and sends to its outboxes in plain blocking code. Whoever builds
 * the graph links them, with {@link dev.weft.flow.Pipeline}, {@link dev.weft.flow.Graphline} or a component of its own, and
 * chooses what each runs on: a greenlet, another loop, a thread or a process ({@link dev.weft.flow.Carrier}).
 *
 * <p>A linked inbox is a bounded {@link dev.weft.sync.Channel}, and so an inbox is read, selected and ended as a channel is:
 *
 * <ul>
 *   <li>A component that <b>returns</b> ends its outboxes. Once all that are linked to an inbox have ended, its reader gets the
 *       values that are left and then the end. (Kamaelia sends {@code producerFinished} through a pair of boxes of their own,
 *       {@code signal} and {@code control}.)
 *   <li>A component that <b>fails</b> fails its boxes: readers get {@link dev.weft.sync.ChannelFailed} after what was sent before,
 *       senders at once. One that lets this exception pass fails too, with the first failure as the cause; so a failure
 *       travels along the links, and components that it does not reach go on. ({@code shutdownMicroprocess}.)
 *   <li>A component that returns while others still send to it ends them: their sends fail with {@link dev.weft.flow.NoReader}, and
 *       a component that lets this pass has ended, not failed, as with a broken pipe in a shell.
 *   <li>A <b>kill</b> ends the component and all that it contains; to others its boxes have failed.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.weft.flow;
