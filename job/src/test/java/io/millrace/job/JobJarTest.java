// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens the jar that a cluster runs. */
@Tag("packaging")
final class JobJarTest {

  private static final Path JAR = Path.of(System.getProperty("millrace.job.jar"));

  @TempDir private Path directory;

  @Test
  void holdsNeitherFlinkNorLoggingNorTheSdksBaggage() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(classes(jar))
          .isNotEmpty()
          .allMatch(
              name ->
                  name.startsWith("io/millrace/")
                      || name.startsWith("com/aliyun/datahub/client/model/protobuf/DatahubProtos")
                      || name.startsWith("org/apache/commons/text/similarity/")
                      || name.startsWith("org/eclipse/jetty/")
                      || name.startsWith("org/snakeyaml/engine/")
                      || name.startsWith("picocli/"))
          .contains(
              "io/millrace/job/JobMain.class",
              "io/millrace/shaded/protobuf/GeneratedMessage.class",
              "io/millrace/shaded/jackson/core/JsonFactory.class")
          .noneMatch(name -> name.startsWith("io/millrace/emulator/"))
          .noneMatch(name -> name.startsWith("io/millrace/console/"))
          .noneMatch(name -> name.startsWith("org/eclipse/jetty/server/"));
      // Else the program of this jar would look for the console that it does not hold.
      assertThat(jar.getEntry("META-INF/services/io.millrace.cli.CommandProvider")).isNull();
    }
  }

  @Test
  void namesItsConnectorsItsMainClassAndItsVersion() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(text(jar, "META-INF/services/io.millrace.source.StreamConnector"))
          .contains("io.millrace.datahub.", "io.millrace.dis.");
      assertThat(text(jar, "META-INF/services/io.millrace.dispatch.FunctionConnector"))
          .contains("io.millrace.functioncompute.", "io.millrace.functiongraph.");
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue(Attributes.Name.MAIN_CLASS))
          .isEqualTo("io.millrace.job.JobMain");
      assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION)).matches("\\d+\\..*");
    }
  }

  @Test
  void itsNoticeNamesAllThatItHolds() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      String notice = text(jar, "META-INF/NOTICE");
      List<? extends ZipEntry> bundled =
          jar.stream().filter(entry -> entry.getName().endsWith("/pom.properties")).toList();
      assertThat(bundled).hasSizeGreaterThan(10);
      for (ZipEntry entry : bundled) {
        Properties artifact = new Properties();
        try (InputStream content = jar.getInputStream(entry)) {
          artifact.load(content);
        }
        String group = artifact.getProperty("groupId");
        if (!group.equals("io.millrace")) {
          assertThat(notice)
              .contains(
                  group
                      + ":"
                      + artifact.getProperty("artifactId")
                      + ":"
                      + artifact.getProperty("version"));
        }
      }
      // Picocli's jar carries no Maven coordinates.
      assertThat(notice).contains("info.picocli:picocli:").doesNotContain("${");
      assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
      assertThat(text(jar, "META-INF/licenses/protobuf-java.txt")).contains("Google Inc.");
      assertThat(jar.getEntry("META-INF/FastDoubleParser-LICENSE")).isNotNull();
    }
  }

  /** As a TaskManager does it: the job's classes from the jar alone, Flink's from outside. */
  @Test
  void opensBothConnectorsInAClassLoaderOfItsOwn() throws Exception {
    try (URLClassLoader isolated =
        new URLClassLoader(
            new URL[] {JAR.toUri().toURL()}, new FlinkOnly(JobJarTest.class.getClassLoader()))) {
      Class<?> specClass = isolated.loadClass(TriggerSpec.class.getName());
      assertThat(specClass).isNotEqualTo(TriggerSpec.class);
      Object spec =
          specClass.getMethod("parse", Path.class, Map.class).invoke(null, trigger(), Map.of());

      Class<?> settingsClass = isolated.loadClass("io.millrace.http.HttpSettings");
      Object settings =
          settingsClass
              .getConstructor(Duration.class, int.class)
              .newInstance(Duration.ofSeconds(1), 1);
      Object transport =
          isolated
              .loadClass("io.millrace.http.SharedTransport")
              .getMethod("acquire", String.class, settingsClass)
              .invoke(null, "packaging", settings);
      try (AutoCloseable shared = (AutoCloseable) transport;
          AutoCloseable client = open(isolated, spec, "source", "StreamClient", shared);
          AutoCloseable invoker = open(isolated, spec, "function", "FunctionInvoker", shared)) {
        assertThat(client.getClass().getClassLoader()).isSameAs(isolated);
        assertThat(invoker.getClass().getClassLoader()).isSameAs(isolated);
      }
      // The generated classes link against the relocated protobuf.
      Object request =
          isolated
              .loadClass("com.aliyun.datahub.client.model.protobuf.DatahubProtos$GetRecordsRequest")
              .getMethod("getDefaultInstance")
              .invoke(null);
      assertThat(request.getClass().getSuperclass().getName())
          .isEqualTo("io.millrace.shaded.protobuf.GeneratedMessage");
    }
  }

  /** Submitted over REST with the jar, whose classes win over those of this JVM. */
  @Test
  void aClusterRunsIt() {
    try (Emulator emulator = Emulator.builder().credentials("testid", "testkey").start();
        EmbeddedCluster cluster = EmbeddedCluster.start(1, 0, directory.resolve("flink"))) {
      emulator.dataHub().createProject("test_project");
      emulator
          .dataHub()
          .createTopic("test_project", "test_topic", TopicSchema.ofStrings("v"), 1, 3);
      emulator.functions().create("s", "f");
      emulator.dataHub().put("test_project", "test_topic", NewRecord.ofTuple("first"));
      Map<String, String> overrides =
          Map.of(
              "source.endpoint",
              emulator.dataHubEndpoint().toString(),
              "function.endpoint",
              emulator.functionComputeEndpoint().toString(),
              "credentials.access-key-id",
              "testid",
              "credentials.access-key-secret",
              "${MILLRACE_TEST_SECRET:-testkey}");

      JobID job =
          JobSubmission.submit(
              cluster.restAddress(), TriggerSpec.parse(trigger(), overrides), Optional.empty());

      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () ->
                  assertThat(emulator.journal().entries())
                      .singleElement()
                      .matches(entry -> entry.succeeded() && entry.body().contains("first")));
      try (ControlClient control =
          ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
        // The coordinator hears of its shards within a second.
        await()
            .atMost(Duration.ofMinutes(2))
            .untilAsserted(
                () ->
                    assertThat(
                            control.status(control.job(Optional.of(job.toString()))).get("shards"))
                        .hasSize(1));
        // The task loads what it closes itself with from the jar, so it must end before Flink does.
        control.stop(job, Optional.empty(), 120);
        assertThat(control.state(job)).isEqualTo(JobStatus.FINISHED);
      }
    }
  }

  private Path trigger() {
    return TriggerText.file(
        directory,
        """
        name: orders
        source:
          type: datahub
          endpoint: http://localhost:1
          project: test_project
          topic: test_topic
        function:
          type: function-compute
          endpoint: http://localhost:1
          account-id: "12423423992"
          service: s
          function: f
        credentials:
          access-key-id: id
          access-key-secret: ${MILLRACE_TEST_SECRET:-none}
        """);
  }

  private static AutoCloseable open(
      ClassLoader isolated, Object spec, String side, String type, Object transport)
      throws ReflectiveOperationException {
    Object factory = spec.getClass().getMethod(side).invoke(spec);
    String feature = side.equals("source") ? "io.millrace.source." : "io.millrace.dispatch.";
    Method open =
        isolated
            .loadClass(feature + type + "$Factory")
            .getMethod("open", isolated.loadClass("io.millrace.http.HttpTransport"));
    try {
      return (AutoCloseable) open.invoke(factory, transport);
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    }
  }

  private static List<String> classes(JarFile jar) {
    return jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
  }

  private static String text(JarFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    try (InputStream content = jar.getInputStream(entry)) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Hides from the jar whatever it must bring itself. */
  private static final class FlinkOnly extends ClassLoader {

    private static final List<String> HIDDEN =
        List.of(
            "io.millrace.",
            "com.aliyun.",
            "com.google.",
            "com.fasterxml.",
            "org.eclipse.jetty.",
            "org.snakeyaml.",
            "org.apache.commons.text.",
            "picocli.");

    FlinkOnly(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (HIDDEN.stream().anyMatch(name::startsWith)) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }

    @Override
    public URL getResource(String name) {
      return name.startsWith("META-INF/services/io.millrace") ? null : super.getResource(name);
    }

    @Override
    public java.util.Enumeration<URL> getResources(String name) throws IOException {
      return name.startsWith("META-INF/services/io.millrace")
          ? java.util.Collections.emptyEnumeration()
          : super.getResources(name);
    }
  }
}
