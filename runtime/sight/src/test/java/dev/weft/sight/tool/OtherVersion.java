package dev.weft.sight.tool;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;

/** A program whose Weft is of a later version, as far as the tool can see. */
public final class OtherVersion {
    private OtherVersion() {}

    /** The part of the bean that every version has. */
    public interface LaterMXBean {
        String getVersion();

        int getFormat();
    }

    private static final class Later implements LaterMXBean {
        @Override
        public String getVersion() {
            return "9.9.9";
        }

        @Override
        public int getFormat() {
            return 99;
        }
    }

    public static void main(String[] args) throws Exception {
        ManagementFactory.getPlatformMBeanServer()
                .registerMBean(new Later(), new ObjectName("dev.weft:type=Group,name=weft"));
        System.out.println("ready");
        System.in.read();
    }
}
