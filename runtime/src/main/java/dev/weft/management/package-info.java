/** Groups of loops as beans of the platform's MBean server, for monitoring and for tools. Programs need not call anything here. */
@org.jspecify.annotations.NullMarked
package dev.weft.management;
