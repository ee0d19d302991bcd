/** The servers that are compared: one program each, behind one interface, each started in a process of its own. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival;
