// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.http.HttpFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Connects to an endpoint, TLS included, and sends nothing. */
public final class EndpointProbe {

  private EndpointProbe() {}

  /**
   * Connects once.
   *
   * @return what was found, for example {@code 10.0.0.1:443, TLSv1.3}
   * @throws HttpFailure naming the endpoint when it cannot be connected to
   */
  public static String connect(URI endpoint, Duration timeout) {
    boolean tls = "https".equals(endpoint.getScheme());
    int port = endpoint.getPort() >= 0 ? endpoint.getPort() : tls ? 443 : 80;
    InetSocketAddress address = new InetSocketAddress(endpoint.getHost(), port);
    int millis = Math.toIntExact(timeout.toMillis());
    try (Socket socket = new Socket()) {
      if (address.isUnresolved()) {
        throw new UnknownHostException("the name " + endpoint.getHost() + " does not resolve");
      }
      socket.connect(address, millis);
      String connected = address.getAddress().getHostAddress() + ":" + port;
      if (!tls) {
        return connected + ", no TLS";
      }
      socket.setSoTimeout(millis);
      return connected + ", " + handshake(socket, endpoint.getHost(), port);
    } catch (SSLException e) {
      throw new HttpFailure(
          HttpFailure.Kind.TLS_REFUSED, endpoint + ": TLS refused: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new HttpFailure(
          HttpFailure.Kind.NOT_CONNECTED, endpoint + ": cannot connect: " + e.getMessage(), e);
    }
  }

  private static String handshake(Socket plain, String host, int port) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    try (SSLSocket secure = (SSLSocket) factory.createSocket(plain, host, port, true)) {
      SSLParameters parameters = secure.getSSLParameters();
      // Without it Java checks the chain and not the name.
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return secure.getSession().getProtocol();
    }
  }
}
