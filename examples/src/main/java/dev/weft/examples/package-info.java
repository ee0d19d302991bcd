/** Small programs on greenlets. */
@org.jspecify.annotations.NullMarked
package dev.weft.examples;
