// SPDX-License-Identifier: Apache-2.0
import { el, fact, setText, show } from './dom.js';
import { ago, count, duration, exact, moment, rate, whole } from './format.js';
import { commandsFor, meaning, waits, word } from './states.js';
import { happening } from './table.js';

/** What the buttons say; those whose command asks for more first end in dots. */
export const LABELS = { resume: 'Resume', retry: 'Retry now', suspend: 'Suspend', skip: 'Skip …', seek: 'Move …' };

/** The sequences of an event. */
export function span({ first, last }) {
  return first.sequence === last.sequence ? whole(first.sequence) : `${whole(first.sequence)} to ${whole(last.sequence)}`;
}

/** The facts of a shard: what each is called, and what it is, or null where that is nothing. */
const FACTS = [
  ['Delivered up to', (s) => (s.position === null ? 'nothing yet' : `${whole(s.position.sequence)}${s.position.index > 0 ? ` · record ${s.position.index} of that sequence` : ''}`)],
  ['A record of', (s) => (s.position === null || !(s.position.time > 0) ? null : moment(s.position.time))],
  ['Read up to', (s) => (s.readPosition === null ? null : whole(s.readPosition))],
  ['Lag', (s) => (s.lagRecords === null ? null : count(s.lagRecords, 'record'))],
  ['Behind', (s) => (s.lagMs === null ? null : duration(s.lagMs))],
  ['Now', (s, now) => happening(s, now) || null],
  ['Waits for', (s) => waits(s.waitingFor)],
  ['At its head', (s) => (s.envelope ? `${span(s.envelope)}, ${count(s.envelope.records, 'record')}` : null)],
  ['Failed attempts', (s) => whole(s.attempts)],
  ['Delivers', (s) => (s.recordsPerSecond === null ? null : `${rate(s.recordsPerSecond)} records/s`)],
  ['Calls take', (s) => (s.latencyMs ? `${duration(s.latencyMs.p50)} (median), ${duration(s.latencyMs.p99)} (p99)` : null)],
  ['Delivered', (s) => `${count(s.records, 'record')} in ${count(s.envelopes, 'event')}`],
  ['Records/event', (s) => (s.recordsPerEnvelope ? rate(s.recordsPerEnvelope) : null)],
  ['Given up', (s) => (s.discarded > 0 ? count(s.discarded, 'record') : null)],
  ['Repeated', (s) => (s.repeated > 0 ? count(s.repeated, 'record') : null)],
  ['Runs on', (s) => `subtask ${s.subtask} at ${s.host}`],
];

/** One shard in full, beside the table or over it: its last error, its facts and its commands. */
export class ShardPanel {
  /**
   * @param {{close: Function, open: Function, command: Function}} on what is called for what is
   *     pressed
   */
  constructor(on) {
    this.on = on;
    this.title = el('h2', { tabIndex: -1 });
    this.state = el('span.state');
    this.meaning = el('p.meaning');
    this.actions = el('div.actions');
    this.shownCommands = '';
    this.errorText = el('pre.error-text', { tabIndex: 0 });
    this.errorOf = el('p.error-of');
    this.copied = el('button.quiet', { type: 'button', onclick: () => this.copy() }, 'Copy');
    this.error = el('section.last-error', { 'aria-label': 'Last error' },
      el('div.section-head', {}, el('h3', {}, 'Last error'), this.copied), this.errorOf, this.errorText);
    this.facts = FACTS.map(([name]) => fact(name));
    this.parents = fact('Continues');
    this.children = fact('Continued by');
    this.root = el('aside.panel', { hidden: true, 'aria-label': 'Shard' },
      el('div.panel-head', {}, this.title, this.state,
        el('button.quiet.close', { type: 'button', title: 'Close (Esc)', 'aria-label': 'Close', onclick: () => on.close() }, '×')),
      this.meaning, this.actions, this.error,
      el('dl.facts', {}, ...this.facts, this.parents, this.children));
  }

  /** Takes what the shard is now; null closes it. */
  update(shard, shards, verbs, now, alive) {
    this.shard = shard;
    show(this.root, shard !== null);
    if (shard === null) {
      return;
    }
    setText(this.title, `Shard ${shard.shard}`);
    setText(this.state, word(shard.state));
    this.state.dataset.state = shard.state;
    setText(this.meaning, meaning(shard.state));
    this.offer(alive ? commandsFor(shard, verbs) : []);
    show(this.error, shard.lastError !== null);
    if (shard.lastError !== null) {
      setText(this.errorText, shard.lastError.message ?? '');
      const request = shard.lastError.requestId ? ` · request ${shard.lastError.requestId}` : '';
      setText(this.errorOf, `${moment(shard.lastError.at)}, ${ago(now - shard.lastError.at)}${request}`);
      this.errorOf.title = exact(shard.lastError.at);
    }
    FACTS.forEach(([, value], i) => {
      const text = value(shard, now);
      show(this.facts[i], text !== null && text !== undefined);
      setText(this.facts[i].lastChild, text ?? '');
    });
    const children = shard.children ?? shards.filter((each) => each.parents?.includes(shard.shard)).map((each) => each.shard);
    this.link(this.parents, shard.parents ?? []);
    this.link(this.children, children);
  }

  offer(verbs) {
    if (this.shownCommands === verbs.join()) {
      return;
    }
    this.shownCommands = verbs.join();
    this.actions.replaceChildren(...verbs.map((verb, i) =>
      el(i === 0 && verb === 'resume' ? 'button.primary' : 'button', { type: 'button', 'data-command': verb, onclick: () => this.on.command(verb, this.shard.shard) }, LABELS[verb])));
  }

  link(row, names) {
    show(row, names.length > 0);
    if (row.dataset.names !== names.join()) {
      row.dataset.names = names.join();
      row.lastChild.replaceChildren(...names.map((name) =>
        el('button.link', { type: 'button', onclick: () => this.on.open(name) }, `shard ${name}`)));
    }
  }

  async copy() {
    const error = this.shard.lastError;
    const text = `shard ${this.shard.shard} · ${exact(error.at)} · request ${error.requestId ?? '–'}\n${error.message}`;
    try {
      await navigator.clipboard.writeText(text);
      setText(this.copied, 'Copied');
    } catch {
      // Only pages of this machine or behind TLS may write the clipboard.
      getSelection().selectAllChildren(this.errorText);
      setText(this.copied, 'Selected');
    }
    setTimeout(() => setText(this.copied, 'Copy'), 2000);
  }
}
