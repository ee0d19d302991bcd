/** What workers in other processes share with the process that started them: memory, and owners that they reach by reference. */
@org.jspecify.annotations.NullMarked
package dev.weft.shared;
