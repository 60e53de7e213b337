// SPDX-License-Identifier: Apache-2.0
import { api } from './api.js';
import { confirm, seek, skip } from './dialogs.js';
import { el, isTyping, setText, show } from './dom.js';
import { ago, count, duration, LENGTHS, moment, NUMBERS, rate, short, whole } from './format.js';
import { ShardPanel } from './panel.js';
import { Plot } from './plot.js';
import { commandsFor, HEALTHS } from './states.js';
import { ShardTable, StateFilter } from './table.js';

const RANGES = [[300, '5 min'], [900, '15 min'], [3600, '1 h'], [86_400, '24 h']];
const RECENT = 15 * 60_000;
const SHORTEST = 120_000;

const REMARKS = {
  STARTING: 'The job is being started.',
  RESTARTING: 'The job is being brought back after a failure. What was acknowledged since the last checkpoint may be repeated; nothing is lost.',
  UNREACHABLE: 'The job cannot be asked; what is shown is what was seen last. It may well go on delivering.',
  FAILED: 'The job has failed and delivers nothing. Repair the cause, then start it from its last checkpoint: millrace run --from-savepoint.',
  ENDED: 'The job was stopped or has come to its end; it delivers nothing.',
  GONE: 'The job delivers nothing, unless it runs on another cluster.',
};

/** The page of one job. */
export class JobView {
  /** @param {string} id of the job */
  constructor(id) {
    this.id = id;
    this.answer = null;
    this.shard = null;
    this.seconds = 900;
    this.history = { at: [] };
    this.name = el('h1');
    this.health = el('span.health');
    this.fn = el('span.function');
    this.banners = el('div.banners');
    this.figures = ['Delivered', 'Lag', 'Furthest behind', 'Calls, p99', 'Shards', 'In all']
      .map((title) => el('div.figure', {}, el('span.figure-title', {}, title), el('b'), el('span.figure-more')));
    this.plots = [
      new Plot('Delivered, records/s', [{ name: 'records/s', key: 'recordsPerSecond', color: '--series-1' }], NUMBERS),
      new Plot('Lag, records', [{ name: 'records', key: 'lagRecords', color: '--series-2' }], NUMBERS),
      new Plot('Furthest behind', [{ name: 'behind', key: 'lagMs', color: '--series-3' }], LENGTHS),
      new Plot('Function calls', [{ name: 'p50', key: 'latencyP50', color: '--series-1' }, { name: 'p99', key: 'latencyP99', color: '--series-4' }], LENGTHS),
    ];
    this.ranges = el('div.ranges', { role: 'group', 'aria-label': 'Time shown' }, ...RANGES.map(([seconds, text]) =>
      el('button', { type: 'button', 'data-seconds': String(seconds), 'aria-pressed': String(seconds === this.seconds), onclick: () => this.reach(seconds) }, text)));
    this.filter = new StateFilter(() => this.refilter());
    this.search = el('input', { type: 'search', placeholder: 'Filter: shard, host, error', 'aria-label': 'Filter the shards', oninput: () => this.refilter() });
    this.resumeAll = el('button.primary', { type: 'button', hidden: true, onclick: () => this.commandAll('resume') });
    this.suspendAll = el('button', { type: 'button', onclick: () => this.commandAll('suspend') }, 'Suspend all');
    this.moveAll = el('button', { type: 'button', onclick: () => this.commandAll('seek') }, 'Move all …');
    this.commands = el('ol.commands', { 'aria-label': 'Commands given here' });
    this.table = new ShardTable((shard) => { location.hash = this.address(shard); });
    this.panel = new ShardPanel({
      close: () => { location.hash = this.address(null); },
      open: (shard) => { location.hash = this.address(shard); },
      command: (verb, shard) => this.command(verb, shard),
    });
    this.root = el('div.job', {},
      el('div.job-head', {}, el('div.job-title', {}, this.name, this.health), this.fn, this.ranges),
      this.banners,
      el('section.figures', { 'aria-label': 'At a glance' }, ...this.figures),
      el('section.plots', { 'aria-label': 'Over time' }, ...this.plots.map((plot) => plot.root)),
      el('section.shards-section', { 'aria-label': 'Shards' },
        el('div.toolbar', {}, this.filter.root, this.search, el('div.bulk', {}, this.resumeAll, this.suspendAll, this.moveAll)),
        this.commands,
        el('div.split', {}, this.table.root, this.panel.root)));
  }

  address(shard) {
    return `#/jobs/${this.id}${shard === null ? '' : `/shards/${encodeURIComponent(shard)}`}`;
  }

  close() {
    this.plots.forEach((plot) => plot.close());
  }

  /** Shows a shard, or none. */
  open(shard) {
    const before = this.shard;
    this.shard = shard;
    this.table.select(shard);
    this.draw();
    if (shard === null) {
      this.table.focus(before);
    } else if (shard !== before) {
      this.panel.title.focus({ preventScroll: true });
    }
  }

  /** Asks for what is new and shows it; gives the cluster's part. */
  async refresh() {
    const newest = this.history.at[this.history.at.length - 1] ?? 0;
    const [answer, more] = await Promise.all([api.job(this.id), api.history(this.id, this.seconds, newest)]);
    this.answer = answer;
    this.skew = Date.now() - answer.now;
    this.append(more);
    this.draw();
    return answer;
  }

  append(more) {
    const from = this.now() - this.seconds * 1000;
    const old = this.history.at.findIndex((at) => at >= from);
    for (const key of Object.keys(more)) {
      this.history[key] = [...(this.history[key] ?? []).slice(old < 0 ? this.history.at.length : old), ...more[key]];
    }
  }

  reach(seconds) {
    this.seconds = seconds;
    this.history = { at: [] };
    for (const button of this.ranges.children) {
      button.setAttribute('aria-pressed', String(button.dataset.seconds === String(seconds)));
    }
    this.refresh().catch(() => {});
  }

  now() {
    return Date.now() - (this.skew ?? 0);
  }

  get alive() {
    return this.answer.cluster.reachable && ['RUNNING', 'RESTARTING', 'STARTING'].includes(this.answer.job.health);
  }

  draw() {
    if (this.answer === null) {
      return;
    }
    const { job, verbs } = this.answer;
    const now = this.now();
    setText(this.name, job.name);
    setText(this.health, HEALTHS[job.health]);
    this.health.dataset.health = job.health;
    setText(this.fn, `→ ${job.function ?? '…'}`);
    this.fn.title = `Flink job ${job.id}`;
    this.root.classList.toggle('stale', job.health !== 'RUNNING');
    this.root.classList.toggle('has-panel', this.shard !== null);
    this.drawBanners(now);
    this.drawFigures(now);
    const to = now - now % 1000;
    // A console that was started a moment ago has little to show, and shows it large.
    const from = Math.max(to - this.seconds * 1000, Math.min(this.history.at[0] ?? to, to - SHORTEST));
    this.plots.forEach((plot) => plot.update(this.history, from, to));
    show(this.plots[3].root, this.history.latencyP99?.some((value) => value !== null) === true);
    this.filter.update(job.totals.states);
    // Nobody knows what goes on at a shard that cannot be seen: its clocks stand still.
    const seen = job.health === 'UNREACHABLE' ? job.seenAt ?? now : now;
    this.table.update(job.shards, seen);
    const suspended = job.shards.filter((shard) => shard.state === 'SUSPENDED').length;
    show(this.resumeAll, this.alive && suspended > 0);
    setText(this.resumeAll, suspended === 1 ? 'Resume 1 suspended' : `Resume ${whole(suspended)} suspended`);
    show(this.suspendAll, this.alive && job.shards.some((shard) => commandsFor(shard, verbs).includes('suspend')));
    show(this.moveAll, this.alive && job.shards.length > 0);
    this.panel.update(this.shard === null ? null : job.shards.find((shard) => shard.shard === this.shard) ?? null, job.shards, verbs, seen, this.alive);
    this.drawCommands(now);
  }

  drawBanners(now) {
    const { job, cluster } = this.answer;
    const banners = [];
    if (!cluster.reachable) {
      banners.push(['bad', 'The JobManager cannot be reached', `${cluster.problem ?? ''}, since ${moment(cluster.since)}. The console goes on asking.`]);
    }
    if (job.health !== 'RUNNING' && (cluster.reachable || job.health !== 'UNREACHABLE')) {
      const tasks = job.tasks === null || job.tasks.all === 0 ? '' : ` ${job.tasks.running} of ${count(job.tasks.all, 'task')} run.`;
      banners.push([['STARTING', 'ENDED'].includes(job.health) ? 'calm' : 'bad', `The job is ${HEALTHS[job.health]}`, `${REMARKS[job.health]}${tasks}`, job.problem]);
    }
    if (job.health !== 'RUNNING' && job.seenAt !== null) {
      banners[banners.length - 1][2] += ` Shards were seen last ${ago(now - job.seenAt)}.`;
    }
    if (job.blocked !== null) {
      banners.push(['bad', 'The function is blocked', `It cannot be reached since ${moment(job.blocked.since)}. All shards wait, one call at a time probes, no attempt is counted; they go on by themselves.`, job.blocked.message]);
    }
    const told = JSON.stringify(banners);
    if (this.told !== told) {
      this.told = told;
      this.banners.replaceChildren(...banners.map(([kind, title, text, detail]) =>
        el(`div.banner.${kind}`, { role: kind === 'bad' ? 'alert' : 'status' }, el('b', {}, title), el('p', {}, text), detail ? el('pre', {}, detail) : null)));
    }
  }

  drawFigures() {
    const { totals } = this.answer.job;
    const troubled = (totals.states.SUSPENDED ?? 0) + (totals.states.RETRYING ?? 0) + (totals.states.BLOCKED ?? 0);
    const values = [
      [rate(totals.recordsPerSecond), 'records/s'],
      [short(totals.lagRecords), 'records'],
      [duration(totals.lagMs), ''],
      [duration(totals.latencyP99), totals.latencyP50 === null ? '' : `p50 ${duration(totals.latencyP50)}`],
      [whole(totals.shards), troubled === 0 ? 'all well' : `${whole(troubled)} in trouble`],
      [short(totals.records), `records · ${short(totals.envelopes)} events`],
    ];
    values.forEach(([value, more], i) => {
      setText(this.figures[i].children[1], value);
      setText(this.figures[i].children[2], more);
    });
    show(this.figures[3], totals.latencyP99 !== null);
    this.figures[4].classList.toggle('troubled', troubled > 0);
  }

  drawCommands(now) {
    const recent = this.answer.commands.filter((command) => now - command.at < RECENT).slice(0, 4);
    const told = JSON.stringify(recent);
    if (this.toldCommands === told) {
      return;
    }
    this.toldCommands = told;
    this.commands.replaceChildren(...recent.map(commandLine));
  }

  refilter() {
    this.table.filter(this.filter.chosen, this.search.value);
  }

  /** Asks whether a command for one shard is meant. */
  command(verb, name) {
    const shard = this.answer?.job.shards.find((each) => each.shard === name);
    if (shard === undefined || !this.alive || !commandsFor(shard, this.answer.verbs).includes(verb)) {
      return;
    }
    this.ask(verb, [shard], false);
  }

  commandAll(verb) {
    const shards = this.answer.job.shards.filter((shard) => commandsFor(shard, this.answer.verbs).includes(verb));
    if (shards.length > 0 && this.alive) {
      this.ask(verb, shards, true);
    }
  }

  ask(verb, shards, all) {
    const give = async (order) => {
      const command = await api.command(this.id, order);
      if (command.refused !== null) {
        throw new Error(command.refused);
      }
      await this.refresh();
    };
    if (verb === 'seek') {
      seek(this.id, shards, { all, give });
    } else if (verb === 'skip') {
      skip(shards[0], { give });
    } else {
      confirm(verb, shards, { all, give, now: this.now() });
    }
  }

  /** A key was pressed outside of any field; gives whether it meant something. */
  pressed(event) {
    if (isTyping(event) && event.key !== 'Escape') {
      return false;
    }
    const verb = { r: 'resume', s: 'suspend', n: 'retry', m: 'seek', x: 'skip' }[event.key];
    if (event.key === '/') {
      this.search.focus();
    } else if (event.key === 'Escape' && document.activeElement === this.search) {
      this.search.value = '';
      this.refilter();
      this.search.blur();
    } else if (event.key === 'Escape' && this.shard !== null) {
      location.hash = this.address(null);
    } else if (event.key === 'R') {
      this.commandAll('resume');
    } else if (verb !== undefined && this.shard !== null) {
      this.command(verb, this.shard);
    } else if (['j', 'k', 'ArrowDown', 'ArrowUp'].includes(event.key) && !this.table.body.contains(document.activeElement)) {
      (this.table.body.querySelector('[tabindex="0"]') ?? this.table.body.rows[0])?.focus();
    } else {
      return false;
    }
    return true;
  }
}

const STAGES = { REQUESTED: 0, APPLIED: 1, DURABLE: 2 };

/** One command: what, for which shard, and how far it is. */
function commandLine(command) {
  const target = command.shard === null ? 'all that it fits' : `shard ${command.shard}`;
  const verb = command.command === 'seek' ? 'move' : command.command;
  const reached = STAGES[command.stage];
  const line = el('li', { 'data-stage': command.stage }, el('b', {}, verb), ` ${target} `);
  if (reached === undefined) {
    line.append(el('span.step.failed', {}, command.stage === 'MISSED' ? `not done: ${command.reason ?? 'there was no shard that it fits'}` : `refused: ${command.refused}`));
  } else {
    line.append(el('span.steps', {}, ...['given', 'accepted', 'durable'].map((step, i) => el(i <= reached ? 'span.step.done' : 'span.step', {}, step))));
  }
  const counts = command.counts;
  const several = counts.requested + counts.applied + counts.durable + counts.missed;
  line.append(el('span.quiet-text', {}, [
    several > 1 ? `${whole(counts.applied + counts.durable)} of ${whole(several)} shards` : '',
    command.problem ?? '',
    moment(command.at),
  ].filter((part) => part !== '').join(' · ')));
  return line;
}
