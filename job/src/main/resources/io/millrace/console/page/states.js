// SPDX-License-Identifier: Apache-2.0

/** The states of a shard: what each means, and the way out. The order is that of urgency. */
export const STATES = {
  SUSPENDED: ['suspended', 'It used up its attempts, or was suspended by hand. It keeps its records; repair the function, then resume it.'],
  RETRYING: ['retrying', 'The function failed; the same event is tried again. The last error says why.'],
  BLOCKED: ['blocked', 'It has records, but the function cannot be reached at all. It goes on by itself once that is repaired.'],
  OPENING: ['opening', 'It has not heard from its ledger where it stands, or is about to be moved. If that lasts, read the last error.'],
  DELIVERING: ['delivering', 'A call is under way.'],
  READY: ['ready', 'It has records that wait for a free call. If many shards are often ready, raise function.max-concurrency.'],
  IDLE: ['idle', 'It has nothing to deliver.'],
  ENDED: ['ended', 'It was split or merged, and all of it was delivered.'],
};

/** How a job is: what each means. */
export const HEALTHS = {
  RUNNING: 'running',
  STARTING: 'starting',
  RESTARTING: 'restarting',
  UNREACHABLE: 'unreachable',
  FAILED: 'failed',
  ENDED: 'ended',
  GONE: 'gone',
};

/** A state as it is shown. */
export function word(state) {
  return STATES[state]?.[0] ?? state.toLowerCase();
}

/** What a state means. */
export function meaning(state) {
  return STATES[state]?.[1] ?? '';
}

/** Where a state stands among others by urgency. */
export function urgency(state) {
  const at = Object.keys(STATES).indexOf(state);
  return at < 0 ? 99 : at;
}

/** What a shard may wait for. */
const WAITS = {
  RECORDS: 'records of the stream',
  LINGER: 'more records to the same event',
  CALL_BUDGET: 'a free call (function.max-concurrency)',
  ANSWER: 'the function’s answer',
  NEXT_ATTEMPT: 'the time of its next attempt',
  EARLIER_CALL: 'an earlier call, whose answer was lost and which may still run',
  LEDGER: 'its ledger',
  COMMAND: 'a command that is about to be done',
  CHECKPOINT: 'a completed checkpoint, so that no failure can undo what was skipped',
  PROBE: 'its next probe, or you',
  OPERATOR: 'you',
  FUNCTION: 'the function, which cannot be reached',
  PARENTS: 'its parents to be delivered, durably',
};

/** What a shard waits for, in words; null where that is not told. */
export function waits(waitingFor) {
  return waitingFor ? WAITS[waitingFor] ?? waitingFor.toLowerCase().replaceAll('_', ' ') : null;
}

/** Which commands fit a shard, of those that its job knows; the job has the last word. */
export function commandsFor(shard, verbs) {
  const failing = shard.state === 'RETRYING';
  const suspended = shard.state === 'SUSPENDED';
  const over = shard.state === 'ENDED' || shard.waitingFor === 'PARENTS';
  const fitting = {
    resume: suspended,
    retry: failing && shard.waitingFor !== 'EARLIER_CALL',
    suspend: !suspended && !over,
    skip: (suspended || failing) && shard.inFlightSince === null && Boolean(shard.envelope),
    seek: !over,
  };
  return Object.keys(fitting).filter((verb) => verbs.includes(verb) && fitting[verb]);
}
