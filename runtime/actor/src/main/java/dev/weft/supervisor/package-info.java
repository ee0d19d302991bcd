/**
 * Links, monitors and supervisors, after Erlang/OTP, whose words are kept. A {@linkplain dev.weft.supervisor.Link link} ends two
 * greenlets together, a {@linkplain dev.weft.supervisor.Monitor monitor} tells one of the other's end, and a {@linkplain
 * dev.weft.supervisor.Supervisor supervisor} keeps its children running.
 *
 * <p>An <em>exit reason</em> is an {@link dev.weft.Outcome}: <em>returned</em> is {@code normal}; <em>cancelled</em> is {@code
 * shutdown} if the supervisor asked for it, and otherwise {@code killed}; <em>failed</em> is any other. An <em>exit signal</em>
 * is a {@linkplain dev.weft.Greenlet#kill kill}: it ends the current and every later wait, and {@code finally} blocks run. It
 * cannot be trapped, but {@linkplain dev.weft.Weft#shield shielded} for a while; {@link dev.weft.Greenlet#killForcibly} goes
 * through shields, and is the {@code kill} of {@code exit(Pid, kill)}. Neither stops code that does not wait: a JVM has no
 * such means. Nothing here kills a thread or process; a {@linkplain dev.weft.supervisor.Child child} brings its own way.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.supervisor;
