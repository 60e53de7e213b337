// SPDX-License-Identifier: Apache-2.0
import { el, setText, show } from './dom.js';
import { duration, rate, short, whole } from './format.js';
import { STATES, urgency, word } from './states.js';

const number = (value) => (value === null || value === undefined ? -1 : value);

/** Orders shard ids as people read them. */
const byName = new Intl.Collator('en', { numeric: true }).compare;

/** The columns: what they show, by what they are sorted, and when they are there at all. */
const COLUMNS = [
  { key: 'shard', title: 'Shard', text: (s) => s.shard, sort: (a, b) => byName(a.shard, b.shard), kind: 'name' },
  { key: 'state', title: 'State', text: (s) => word(s.state), sort: (a, b) => urgency(a.state) - urgency(b.state) },
  { key: 'position', title: 'Delivered up to', text: (s) => whole(s.position?.sequence), value: (s) => number(s.position?.sequence), kind: 'number' },
  { key: 'rate', title: 'Records/s', text: (s) => rate(s.recordsPerSecond), value: (s) => number(s.recordsPerSecond), kind: 'number' },
  { key: 'lag', title: 'Lag', text: (s) => short(s.lagRecords), value: (s) => number(s.lagRecords), kind: 'number' },
  { key: 'behind', title: 'Behind', text: (s) => duration(s.lagMs), value: (s) => number(s.lagMs), kind: 'number' },
  { key: 'latency', title: 'Call p99', text: (s) => duration(s.latencyMs?.p99), value: (s) => number(s.latencyMs?.p99), kind: 'number', when: (s) => s.latencyMs },
  { key: 'size', title: 'Records/event', text: (s) => rate(s.recordsPerEnvelope), value: (s) => number(s.recordsPerEnvelope), kind: 'number', when: (s) => number(s.recordsPerEnvelope) >= 0 },
  { key: 'attempts', title: 'Failed attempts', text: (s) => (s.attempts > 0 ? whole(s.attempts) : ''), value: (s) => s.attempts, kind: 'number' },
  { key: 'now', title: 'Now', text: happening, value: (s) => number(s.nextAttemptAt ?? s.inFlightSince) },
  { key: 'error', title: 'Last error', text: (s) => s.lastError?.message ?? '', value: (s) => number(s.lastError?.at), kind: 'error' },
  { key: 'host', title: 'Runs on', text: (s) => `${s.subtask}@${s.host}`, sort: (a, b) => a.subtask - b.subtask || byName(a.host, b.host), kind: 'host' },
];

/** What a shard does at this moment. */
export function happening(shard, now) {
  if (shard.inFlightSince !== null) {
    return `call for ${duration(Math.max(0, now - shard.inFlightSince))}`;
  }
  if (shard.nextAttemptAt !== null) {
    return `next in ${duration(Math.max(0, shard.nextAttemptAt - now))}`;
  }
  return '';
}

/**
 * The shards of a job. Rows stay and are changed in place, cell by cell where a text is another, so
 * that hundreds of shards cost little each time and nothing jumps under the pointer.
 */
export class ShardTable {
  /** @param {(shard: string) => void} onOpen called when a shard is to be shown */
  constructor(onOpen) {
    this.onOpen = onOpen;
    this.rows = new Map();
    this.shards = [];
    this.states = new Set();
    this.needle = '';
    this.sorted = { key: 'shard', down: false };
    this.selected = null;
    this.heads = COLUMNS.map((column) => this.head(column));
    this.body = el('tbody');
    this.empty = el('p.placeholder', { hidden: true });
    this.table = el('table.shards', { 'aria-label': 'Shards' }, el('thead', {}, el('tr', {}, ...this.heads)), this.body);
    this.root = el('div.table-frame', {}, this.table, this.empty);
    this.body.addEventListener('click', (event) => this.clicked(event));
    this.body.addEventListener('keydown', (event) => this.pressed(event));
    this.showOrder();
  }

  head(column) {
    return el('th', { scope: 'col', className: `col-${column.key} ${column.kind ?? ''}` },
      el('button', { type: 'button', onclick: () => this.sort(column.key) }, column.title));
  }

  sort(key) {
    const numeric = COLUMNS.find((column) => column.key === key).value !== undefined;
    this.sorted = { key, down: this.sorted.key === key ? !this.sorted.down : numeric };
    this.showOrder();
    this.arrange();
  }

  showOrder() {
    COLUMNS.forEach((column, i) => {
      const order = column.key !== this.sorted.key ? 'none' : this.sorted.down ? 'descending' : 'ascending';
      this.heads[i].setAttribute('aria-sort', order);
    });
  }

  /** Shows only shards of some states, of all when there are none, that contain a text. */
  filter(states, needle) {
    this.states = states;
    this.needle = needle.trim().toLowerCase();
    this.arrange();
  }

  select(shard) {
    this.selected = shard;
    for (const [name, row] of this.rows) {
      row.tr.classList.toggle('selected', name === shard);
    }
  }

  focus(shard) {
    this.rows.get(shard)?.tr.focus();
  }

  /** Takes what the shards are now. */
  update(shards, now) {
    this.shards = shards;
    const told = new Set();
    for (const shard of shards) {
      told.add(shard.shard);
      let row = this.rows.get(shard.shard);
      if (row === undefined) {
        row = this.row(shard);
        this.rows.set(shard.shard, row);
      }
      fill(row, shard, now);
    }
    for (const [name, row] of this.rows) {
      if (!told.has(name)) {
        row.tr.remove();
        this.rows.delete(name);
      }
    }
    for (const column of COLUMNS) {
      if (column.when) {
        this.table.classList.toggle(`has-${column.key}`, shards.some(column.when));
      }
    }
    this.arrange();
  }

  row(shard) {
    const cells = COLUMNS.map((column) =>
      el(column.key === 'shard' ? 'th' : 'td', { className: `col-${column.key} ${column.kind ?? ''}`, 'data-title': column.title }));
    cells[0].scope = 'row';
    const state = cells[1].appendChild(el('span.state'));
    const tr = el('tr', { tabIndex: -1, 'data-shard': shard.shard }, ...cells);
    tr.classList.toggle('selected', shard.shard === this.selected);
    return { tr, cells, state, shard };
  }

  matches(shard) {
    return (this.states.size === 0 || this.states.has(shard.state))
      && (this.needle === '' || [shard.shard, shard.host, shard.lastError?.message ?? '', ...(shard.parents ?? [])]
        .some((text) => text.toLowerCase().includes(this.needle)));
  }

  /** Puts the rows in order; those that are in place already are not touched. */
  arrange() {
    const column = COLUMNS.find((each) => each.key === this.sorted.key);
    const compare = column.sort ?? ((a, b) => column.value(a) - column.value(b));
    const sign = this.sorted.down ? -1 : 1;
    const order = this.shards.filter((shard) => this.matches(shard))
      .sort((a, b) => sign * compare(a, b) || byName(a.shard, b.shard));
    const shown = new Set(order.map((shard) => shard.shard));
    for (const [name, row] of this.rows) {
      if (!shown.has(name)) {
        row.tr.remove();
      }
    }
    let place = this.body.firstElementChild;
    for (const shard of order) {
      const { tr } = this.rows.get(shard.shard);
      if (tr === place) {
        place = place.nextElementSibling;
      } else {
        const focused = tr.contains(document.activeElement);
        this.body.insertBefore(tr, place);
        if (focused) {
          tr.focus();
        }
      }
    }
    this.shown = order.length;
    show(this.empty, order.length === 0);
    setText(this.empty, this.shards.length === 0 ? 'No shard has been told of yet.' : 'No shard is like that.');
    this.keepOneInTabOrder();
  }

  /** The table is one stop of the tabulator; arrows move within. */
  keepOneInTabOrder() {
    const rows = [...this.body.rows];
    const stop = rows.find((row) => row === document.activeElement) ?? rows.find((row) => row.dataset.shard === this.selected) ?? rows[0];
    for (const row of rows) {
      const index = row === stop ? 0 : -1;
      if (row.tabIndex !== index) {
        row.tabIndex = index;
      }
    }
  }

  clicked(event) {
    const row = event.target.closest('tr');
    if (row !== null && String(getSelection()) === '') {
      this.onOpen(row.dataset.shard);
    }
  }

  pressed(event) {
    const row = event.target.closest('tr');
    const rows = this.body.rows;
    const at = [...rows].indexOf(row);
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: rows.length - 1, PageDown: at + 15, PageUp: at - 15 }[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.onOpen(row.dataset.shard);
    } else if (to !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
      this.keepOneInTabOrder();
    }
  }
}

function fill(row, shard, now) {
  row.shard = shard;
  COLUMNS.forEach((column, i) => {
    setText(column.key === 'state' ? row.state : row.cells[i], column.text(shard, now));
  });
  if (row.state.dataset.state !== shard.state) {
    row.state.dataset.state = shard.state;
  }
  const error = row.cells[COLUMNS.length - 2];
  const message = shard.lastError?.message ?? '';
  if (error.title !== message) {
    error.title = message;
  }
}

/** The shards of each state, the urgent ones first: filters that tell how many there are. */
export class StateFilter {
  /** @param {(states: Set<string>) => void} onChange */
  constructor(onChange) {
    this.chosen = new Set();
    this.onChange = onChange;
    this.buttons = new Map();
    this.root = el('div.state-filter', { role: 'group', 'aria-label': 'Only shards that are' });
    for (const state of Object.keys(STATES)) {
      const count = el('b');
      const button = el('button.chip', { type: 'button', hidden: true, 'data-state': state, 'aria-pressed': 'false', onclick: () => this.toggle(state) },
        el('i.mark', { 'data-state': state }), `${word(state)} `, count);
      this.buttons.set(state, { button, count });
      this.root.append(button);
    }
  }

  toggle(state) {
    const chosen = !this.chosen.delete(state);
    if (chosen) {
      this.chosen.add(state);
    }
    this.buttons.get(state).button.setAttribute('aria-pressed', String(chosen));
    this.onChange(this.chosen);
  }

  update(counts) {
    for (const [state, { button, count }] of this.buttons) {
      show(button, (counts[state] ?? 0) > 0 || this.chosen.has(state));
      setText(count, whole(counts[state] ?? 0));
    }
  }
}
