package dev.weft.sight.tool;

import dev.weft.management.GroupOperations;
import dev.weft.observe.Version;
import picocli.CommandLine.IVersionProvider;

/** The tool's version, which is Weft's. */
final class ToolVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"weft-sight " + Version.NAME + ", format " + GroupOperations.FORMAT};
    }
}
