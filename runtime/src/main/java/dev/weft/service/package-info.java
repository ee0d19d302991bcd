/** The life of a process: signals, orderly shutdown, health. */
@org.jspecify.annotations.NullMarked
package dev.weft.service;
