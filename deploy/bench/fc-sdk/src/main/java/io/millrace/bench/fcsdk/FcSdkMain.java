// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.fcsdk;

import com.aliyun.fc20230330.Client;
import com.aliyun.fc20230330.models.InvokeFunctionHeaders;
import com.aliyun.fc20230330.models.InvokeFunctionRequest;
import com.aliyun.fc20230330.models.InvokeFunctionResponse;
import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teautil.models.RuntimeOptions;
import io.millrace.bench.contender.Assignment;
import io.millrace.bench.contender.LoopFunction;
import io.millrace.bench.contender.PlainLoop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A program without Flink on both of the vendor's SDKs: DataHub's polls and commits, Function
 * Compute's signs and calls. It runs until it is killed or until its standard input ends.
 */
public final class FcSdkMain implements LoopFunction {

  private static final String FUNCTION = "handle";
  private static final int CONNECT_MILLIS = 10_000;

  private final Client client;
  private final RuntimeOptions options;

  private FcSdkMain(Assignment assignment) throws Exception {
    client =
        new Client(
            new Config()
                .setAccessKeyId(Assignment.KEY_ID)
                .setAccessKeySecret(Assignment.KEY_SECRET)
                .setRegionId("local")
                .setEndpoint(assignment.function().getAuthority())
                .setProtocol(assignment.function().getScheme()));
    // A connection for each shard is kept, as by the other contenders.
    options =
        new RuntimeOptions()
            .setConnectTimeout(CONNECT_MILLIS)
            .setReadTimeout(Math.toIntExact(TimeUnit.SECONDS.toMillis(Assignment.TIMEOUT_SECONDS)))
            .setMaxIdleConns(assignment.shards());
  }

  /**
   * Runs the program.
   *
   * @param arguments the assignment, a file
   */
  public static void main(String[] arguments) {
    try {
      Assignment assignment = Assignment.read(Path.of(arguments[0]));
      PlainLoop.begin(assignment, new FcSdkMain(assignment));
      while (System.in.read() >= 0) {
        // Nothing is said to a contender.
      }
    } catch (Throwable e) {
      // Before the process is halted: this is the reason that the bench shows.
      e.printStackTrace();
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }

  @Override
  public void deliver(byte[] event) throws InterruptedException {
    while (!attempt(event)) {
      TimeUnit.MILLISECONDS.sleep(Assignment.RETRY_MILLIS);
    }
  }

  /** What the service refuses comes as an exception, a function's error behind a 200. */
  private boolean attempt(byte[] event) {
    try {
      InvokeFunctionResponse answer =
          client.invokeFunctionWithOptions(
              FUNCTION,
              new InvokeFunctionRequest().setBody(new ByteArrayInputStream(event)),
              new InvokeFunctionHeaders().setXFcInvocationType("Sync"),
              options);
      // Read to the end, or the connection cannot be used again.
      try (InputStream body = answer.getBody()) {
        body.transferTo(OutputStream.nullOutputStream());
      }
      return answer.getStatusCode() == 200 && !answer.getHeaders().containsKey("x-fc-error-type");
    } catch (TeaException | IOException e) {
      return false;
    } catch (Exception e) {
      throw new IllegalStateException("the SDK fails", e);
    }
  }
}
