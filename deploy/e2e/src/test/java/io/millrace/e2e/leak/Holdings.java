// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.leak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What another JVM of this machine holds after a full collection, as the JDK's own tool and the
 * kernel tell it.
 *
 * @param threads their names
 * @param sockets open files that are sockets
 * @param classLoaders those of Flink for the classes of jobs
 */
record Holdings(List<String> threads, int sockets, int classLoaders) {

  private static final Pattern THREAD = Pattern.compile("(?m)^\"(.*)\" (?:#|os_prio)");
  private static final Pattern LOADER =
      Pattern.compile("(?m) org\\.apache\\.flink\\.util\\.ChildFirstClassLoader$");

  static Holdings of(long pid) {
    // What one collection makes unreachable by running finalizers goes with the next.
    ask(pid, "GC.run_finalization");
    ask(pid, "GC.run");
    ask(pid, "GC.run");
    List<String> threads = new ArrayList<>();
    Matcher thread = THREAD.matcher(ask(pid, "Thread.print"));
    while (thread.find()) {
      threads.add(thread.group(1));
    }
    int loaders = (int) LOADER.matcher(ask(pid, "VM.classloader_stats")).results().count();
    return new Holdings(List.copyOf(threads), sockets(pid), loaders);
  }

  /** The names of a kind of thread. */
  List<String> threadsOf(String prefix) {
    return threads.stream().filter(name -> name.startsWith(prefix)).toList();
  }

  private static int sockets(long pid) {
    int sockets = 0;
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path file : files) {
        try {
          if (Files.readSymbolicLink(file).toString().startsWith("socket:")) {
            sockets++;
          }
        } catch (NoSuchFileException closedMeanwhile) {
          // It is not held any more.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sockets;
  }

  private static String ask(long pid, String command) {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try {
      Process asked =
          new ProcessBuilder(tool.toString(), Long.toString(pid), command)
              .redirectErrorStream(true)
              .start();
      asked.getOutputStream().close();
      String answer = new String(asked.getInputStream().readAllBytes(), UTF_8);
      if (asked.waitFor() != 0) {
        throw new IllegalStateException("jcmd " + pid + " " + command + ": " + answer);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
