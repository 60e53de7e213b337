// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What operators want to know before they move shards: where each would go on. Only the newest
 * surveys are kept, and none outlives the coordinator: a survey moves nothing.
 *
 * <p>Not thread-safe: it belongs to the coordinator's thread.
 */
final class Surveys {

  private static final int REMEMBERED = 16;

  /** Questions with their answers, null while there is none. */
  private final Map<String, Map<PlaceQuestion, PlaceAnswer>> surveys = new LinkedHashMap<>();

  void begin(String id, List<PlaceQuestion> questions) {
    Map<PlaceQuestion, PlaceAnswer> answers = new LinkedHashMap<>();
    questions.forEach(question -> answers.put(question, null));
    surveys.put(id, answers);
    if (surveys.size() > REMEMBERED) {
      surveys.remove(surveys.keySet().iterator().next());
    }
  }

  /** The questions of one survey, with what was answered; empty when the id is unknown. */
  Optional<Map<PlaceQuestion, PlaceAnswer>> of(String id) {
    return Optional.ofNullable(surveys.get(id));
  }

  /** What is still to be answered by one owner of shards. */
  List<PlaceQuestion> open(Predicate<String> owned) {
    List<PlaceQuestion> open = new ArrayList<>();
    for (Map<PlaceQuestion, PlaceAnswer> survey : surveys.values()) {
      survey.forEach(
          (question, answer) -> {
            if (answer == null && owned.test(question.shard())) {
              open.add(question);
            }
          });
    }
    return open;
  }

  void answered(PlaceAnswer answer) {
    Map<PlaceQuestion, PlaceAnswer> survey = surveys.get(answer.question().survey());
    if (survey != null) {
      survey.replace(answer.question(), answer);
    }
  }

  void forget(String id) {
    surveys.remove(id);
  }

  void clear() {
    surveys.clear();
  }
}
