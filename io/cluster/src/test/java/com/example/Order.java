package com.example;

import java.io.Serializable;

/** A value of an application, which is not allowed unless it is configured. */
public record Order(int number) implements Serializable {}
