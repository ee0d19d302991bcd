/** What lets tools outside of the process reach a group of loops: its bean, and on request its socket. */
@org.jspecify.annotations.NullMarked
package dev.weft.access;
