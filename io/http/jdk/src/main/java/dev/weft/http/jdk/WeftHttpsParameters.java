package dev.weft.http.jdk;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** The parameters of TLS for one connection, as the JDK's API has them: either an {@link SSLParameters} or the old setters. */
final class WeftHttpsParameters extends HttpsParameters {
    private final HttpsConfigurator configurator;
    private final InetSocketAddress client;
    private @Nullable SSLParameters whole;

    private WeftHttpsParameters(HttpsConfigurator configurator, InetSocketAddress client) {
        this.configurator = configurator;
        this.client = client;
    }

    /** Asks {@code configurator} for the parameters of the connection of {@code client}, and copies them to {@code target}. */
    static void configure(HttpsConfigurator configurator, InetSocketAddress client, SSLParameters target) {
        WeftHttpsParameters asked = new WeftHttpsParameters(configurator, client);
        configurator.configure(asked);
        SSLParameters chosen = asked.whole;
        if (chosen == null) {
            asked.copyOldStyle(target);
        } else {
            copy(chosen, target);
        }
    }

    @SuppressWarnings("deprecation") // still works with the JDK's server
    private void copyOldStyle(SSLParameters target) {
        if (getCipherSuites() != null) {
            target.setCipherSuites(getCipherSuites());
        }
        if (getProtocols() != null) {
            target.setProtocols(getProtocols());
        }
        if (getNeedClientAuth()) {
            target.setNeedClientAuth(true);
        } else if (getWantClientAuth()) {
            target.setWantClientAuth(true);
        }
    }

    private static void copy(SSLParameters source, SSLParameters target) {
        if (source.getCipherSuites() != null) {
            target.setCipherSuites(source.getCipherSuites());
        }
        if (source.getProtocols() != null) {
            target.setProtocols(source.getProtocols());
        }
        if (source.getNeedClientAuth()) {
            target.setNeedClientAuth(true);
        } else {
            target.setWantClientAuth(source.getWantClientAuth());
        }
        if (source.getSNIMatchers() != null) {
            target.setSNIMatchers(source.getSNIMatchers());
        }
        target.setAlgorithmConstraints(source.getAlgorithmConstraints());
        target.setUseCipherSuitesOrder(source.getUseCipherSuitesOrder());
        target.setNamedGroups(source.getNamedGroups());
        target.setSignatureSchemes(source.getSignatureSchemes());
    }

    @Override
    public HttpsConfigurator getHttpsConfigurator() {
        return configurator;
    }

    @Override
    public InetSocketAddress getClientAddress() {
        return client;
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        whole = parameters;
    }
}
