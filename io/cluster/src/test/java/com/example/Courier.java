package com.example;

import dev.weft.workers.Task;

/** A task of a package that not every node allows. */
public record Courier(String parcel) implements Task<String> {
    @Override
    public String call() {
        return parcel + " was delivered";
    }
}
