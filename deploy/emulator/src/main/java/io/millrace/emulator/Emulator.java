// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.emulator.datahub.DataHubEmulator;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.emulator.dis.DisEmulator;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionService;
import io.millrace.emulator.functioncompute.FunctionComputeEmulator;
import io.millrace.emulator.functiongraph.FunctionGraphEmulator;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * DataHub, DIS and Function Compute on 127.0.0.1, for a try-out and for tests: they speak the real
 * wire protocol to the vendor's own SDKs, check signatures, keep everything in memory, have faults
 * on demand, and keep a journal of every invocation.
 *
 * <p>Safe for use by several threads. Closing it frees the ports and stops all threads.
 */
public final class Emulator implements AutoCloseable {

  private final AtomicReference<ServiceKeys> keys;
  private final AtomicReference<Optional<ServiceKeys>> iamKeys;
  private final Journal journal;
  private final DataHubEmulator dataHub;
  private final DisEmulator dis;
  private final FunctionComputeEmulator functions;
  private final FunctionGraphEmulator functionGraph;
  private final AdminServer admin;
  private final Deque<Runnable> closing = new ArrayDeque<>();

  private Emulator(Builder settings) {
    keys = new AtomicReference<>(settings.keys);
    iamKeys = new AtomicReference<>(settings.iamKeys);
    try {
      ExecutorService workers = Executors.newCachedThreadPool(daemons());
      closing.push(workers::shutdownNow);
      journal = new Journal(settings.journal);
      closing.push(journal::close);
      Faults faults = new Faults(new Random(settings.seed));
      dataHub =
          DataHubEmulator.start(
              settings.dataHubPort,
              settings.tls,
              keys::get,
              faults,
              settings.clock,
              settings.splitGuard,
              settings.mostShards,
              new OffsetJournal(journal::now),
              workers);
      closing.push(dataHub::close);
      dis =
          DisEmulator.start(
              settings.disPort,
              settings.tls,
              this::iamKeys,
              faults,
              settings.clock,
              settings.checkClock,
              settings.mostShards,
              journal::now,
              workers);
      closing.push(dis::close);
      functions =
          FunctionComputeEmulator.start(
              functionService(
                  settings,
                  settings.functionComputePort,
                  settings.code,
                  keys::get,
                  faults,
                  workers));
      closing.push(functions::close);
      functionGraph =
          FunctionGraphEmulator.start(
              functionService(
                  settings,
                  settings.functionGraphPort,
                  settings.functionGraphCode,
                  this::iamKeys,
                  faults,
                  workers));
      closing.push(functionGraph::close);
      admin = AdminServer.start(settings.adminPort, this, faults);
      closing.push(admin::close);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private FunctionService functionService(
      Builder settings,
      int port,
      Optional<FunctionCode> code,
      Supplier<ServiceKeys> accepted,
      Faults faults,
      Executor workers) {
    return new FunctionService(
        port,
        settings.tls,
        code,
        settings.output,
        journal,
        accepted,
        faults,
        settings.checkClock ? Optional.of(settings.clock) : Optional.empty(),
        workers);
  }

  /** Starts from: any free ports, keys {@code testid} and {@code testkey}, no TLS, no faults. */
  public static Builder builder() {
    return new Builder();
  }

  public URI dataHubEndpoint() {
    return dataHub.endpoint();
  }

  public URI disEndpoint() {
    return dis.endpoint();
  }

  public URI functionComputeEndpoint() {
    return functions.endpoint();
  }

  public URI functionGraphEndpoint() {
    return functionGraph.endpoint();
  }

  public URI adminEndpoint() {
    return admin.endpoint();
  }

  public DataHubEmulator dataHub() {
    return dataHub;
  }

  public DisEmulator dis() {
    return dis;
  }

  public FunctionComputeEmulator functions() {
    return functions;
  }

  public FunctionGraphEmulator functionGraph() {
    return functionGraph;
  }

  public Journal journal() {
    return journal;
  }

  /** The key that all services accept now, DIS and FunctionGraph if they have no other. */
  public ServiceKeys keys() {
    return keys.get();
  }

  /** Accepts only this key from now on, as after a rotation. */
  public void setKeys(ServiceKeys other) {
    keys.set(other);
  }

  /** The key that DIS and FunctionGraph accept now. */
  public ServiceKeys iamKeys() {
    return iamKeys.get().orElseGet(keys::get);
  }

  /** DIS and FunctionGraph accept only this key from now on, whatever the others accept. */
  public void setIamKeys(ServiceKeys other) {
    iamKeys.set(Optional.of(other));
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
  }

  private static ThreadFactory daemons() {
    AtomicLong number = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, "emulator-worker-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Collects the settings of an emulator. */
  public static final class Builder {

    /** Of the services themselves. */
    private static final int MOST_SHARDS = 256;

    private int dataHubPort;
    private int disPort;
    private int functionComputePort;
    private int functionGraphPort;
    private int adminPort;
    private ServiceKeys keys = new ServiceKeys("testid", "testkey", Optional.empty());
    private Optional<ServiceKeys> iamKeys = Optional.empty();
    private Optional<FunctionCode> code = Optional.empty();
    private Optional<FunctionCode> functionGraphCode = Optional.empty();
    private PrintStream output = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
    private Optional<TlsMaterial> tls = Optional.empty();
    private Optional<Path> journal = Optional.empty();
    private InstantSource clock = InstantSource.system();
    private boolean checkClock = true;
    private boolean splitGuard;
    private int mostShards = MOST_SHARDS;
    private long seed = 1;

    private Builder() {}

    /** 0, the default, for any free port. */
    public Builder dataHubPort(int port) {
      dataHubPort = port;
      return this;
    }

    /** 0, the default, for any free port. */
    public Builder disPort(int port) {
      disPort = port;
      return this;
    }

    /** 0, the default, for any free port. */
    public Builder functionComputePort(int port) {
      functionComputePort = port;
      return this;
    }

    /** 0, the default, for any free port. */
    public Builder functionGraphPort(int port) {
      functionGraphPort = port;
      return this;
    }

    /** 0, the default, for any free port. */
    public Builder adminPort(int port) {
      adminPort = port;
      return this;
    }

    /** The key that all services accept. */
    public Builder credentials(String accessKeyId, String accessKeySecret) {
      keys = new ServiceKeys(accessKeyId, accessKeySecret, Optional.empty(), keys.authToken());
      return this;
    }

    /** The key that all services accept, only together with the token. */
    public Builder credentials(String accessKeyId, String accessKeySecret, String securityToken) {
      keys =
          new ServiceKeys(
              accessKeyId, accessKeySecret, Optional.of(securityToken), keys.authToken());
      return this;
    }

    /** An IAM token that DIS and FunctionGraph accept besides. */
    public Builder authToken(String token) {
      keys =
          new ServiceKeys(
              keys.accessKeyId(), keys.accessKeySecret(), keys.securityToken(), Optional.of(token));
      return this;
    }

    /** What DIS and FunctionGraph accept, where that is another key than the others' one. */
    public Builder iamCredentials(ServiceKeys other) {
      iamKeys = Optional.of(other);
      return this;
    }

    /** The user's code that all functions of Function Compute run. */
    public Builder function(FunctionCode given) {
      code = Optional.of(given);
      return this;
    }

    /** The user's code that all functions of FunctionGraph run. */
    public Builder functionGraphCode(FunctionCode given) {
      functionGraphCode = Optional.of(given);
      return this;
    }

    /** Gets what the user's code prints or logs; nothing does if not given. */
    public Builder functionOutput(PrintStream stream) {
      output = stream;
      return this;
    }

    /** Serves all services over TLS. The admin API stays on plain HTTP. */
    public Builder tls(Optional<TlsMaterial> material) {
      tls = material;
      return this;
    }

    /** A file that gets a copy of the journal. */
    public Builder journal(Optional<Path> file) {
      journal = file;
      return this;
    }

    /**
     * Whether a signature's date that is 15 minutes off is refused, except by DataHub; on by
     * default.
     */
    public Builder checkClock(boolean on) {
      checkClock = on;
      return this;
    }

    /** Whether a shard may only be split or merged 5 s after it was made; off by default. */
    public Builder splitGuard(boolean on) {
      splitGuard = on;
      return this;
    }

    /**
     * How many shards a topic may have at a time, and partitions a stream; 256 by default, as at
     * the services. More are for measuring what is beyond them.
     */
    public Builder mostShards(int count) {
      mostShards = count;
      return this;
    }

    /** The clock of all services; the journal has its own. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /** Seeds the choice of faults that have a probability. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Starts it.
     *
     * @throws java.io.UncheckedIOException naming the port or file that cannot be used
     * @throws IllegalArgumentException saying why the user's code cannot be run
     */
    public Emulator start() {
      return new Emulator(this);
    }
  }
}
