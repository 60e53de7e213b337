// SPDX-License-Identifier: Apache-2.0
import { api } from './api.js';
import { el, setText } from './dom.js';
import { duration, rate, short, whole } from './format.js';
import { HEALTHS, STATES, word } from './states.js';

/** All jobs of the cluster. */
export class Overview {
  constructor() {
    this.list = el('ul.jobs');
    this.empty = el('p.placeholder');
    this.root = el('div.overview', {}, el('h1', {}, 'Jobs'), this.list, this.empty);
  }

  close() {}

  pressed() {
    return false;
  }

  async refresh() {
    const answer = await api.jobs();
    const told = JSON.stringify(answer.jobs);
    if (this.told !== told) {
      this.told = told;
      const focused = document.activeElement?.getAttribute('href');
      this.list.replaceChildren(...answer.jobs.map(jobCard));
      this.list.querySelector(`a[href="${focused}"]`)?.focus();
    }
    this.jobs = answer.jobs;
    setText(this.empty, answer.jobs.length > 0 ? ''
      : answer.cluster.reachable ? 'This cluster runs no Millrace job. Start one with millrace run.'
        : `The JobManager cannot be reached: ${answer.cluster.problem}`);
    return answer;
  }
}

function jobCard(job) {
  const { totals } = job;
  const states = Object.keys(STATES).filter((state) => totals.states[state] > 0);
  return el('li', {}, el('a.job-card', { href: `#/jobs/${job.id}`, 'data-health': job.health },
    el('span.job-card-head', {}, el('b', {}, job.name), el('span.health', { 'data-health': job.health }, HEALTHS[job.health])),
    el('span.function', {}, `→ ${job.function ?? '…'}`),
    el('span.job-card-figures', {},
      el('span', {}, el('b', {}, rate(totals.recordsPerSecond)), ' records/s'),
      el('span', {}, el('b', {}, short(totals.lagRecords)), ' lag'),
      el('span', {}, el('b', {}, duration(totals.lagMs)), ' behind')),
    el('span.job-card-states', {}, ...states.map((state) =>
      el('span', {}, el('i.mark', { 'data-state': state }), `${whole(totals.states[state])} ${word(state)}`))),
    job.blocked === null ? null : el('span.problem', {}, `function blocked: ${job.blocked.message}`),
    job.problem === null ? null : el('span.problem', {}, job.problem)));
}
