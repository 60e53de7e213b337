// SPDX-License-Identifier: Apache-2.0
import { api } from './api.js';
import { help } from './dialogs.js';
import { el, isTyping, setText, show } from './dom.js';
import { ago } from './format.js';
import { JobView } from './job.js';
import { loginView } from './login.js';
import { Overview } from './overview.js';

const INTERVAL = 2000;

const main = document.getElementById('main');
const crumbs = document.querySelector('.crumbs');
const cluster = document.querySelector('.cluster');
const notices = document.querySelector('.notices');
const logOut = document.getElementById('log-out');

let view = null;
let route = '';
let timer = 0;
let locked = false;
let atStart = true;

/** Shows what the address names: all jobs, one job, one shard of it. */
function navigate() {
  const [, kind, id, , shard] = location.hash.split('/');
  const next = kind === 'jobs' && id ? `jobs/${id}` : '';
  if (view === null || next !== route) {
    view?.close();
    route = next;
    view = next === '' ? new Overview() : new JobView(id);
    main.replaceChildren(view.root);
    setText(crumbs, '');
    scrollTo(0, 0);
  }
  view.open?.(shard === undefined ? null : decodeURIComponent(shard));
  refresh();
}

/** Asks, shows, and asks again in two seconds while anybody looks. */
async function refresh() {
  clearTimeout(timer);
  const asked = view;
  try {
    const answer = await asked.refresh();
    if (asked === view) {
      tellCluster(answer);
      setText(notices, '');
      document.body.classList.remove('silent');
      goToTheOnlyJob(answer);
    }
  } catch (failure) {
    if (failure.status === 401) {
      return logIn();
    }
    document.body.classList.add('silent');
    setText(notices, failure.status === undefined ? `an error of this page: ${failure.message}` : failure.message);
    if (failure.status === undefined) {
      console.error(failure);
    }
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, document.hidden ? INTERVAL * 5 : INTERVAL);
}

/** Who opens the console of a cluster with one job wants to see that job. */
function goToTheOnlyJob(answer) {
  if (atStart && answer.jobs?.length === 1) {
    location.replace(`#/jobs/${answer.jobs[0].id}`);
  }
  // A console that has just been started may not have seen any yet.
  atStart &&= answer.jobs?.length === 0;
}

function tellCluster({ cluster: told, job, now }) {
  cluster.classList.toggle('bad', !told.reachable);
  const text = told.reachable ? told.address : `${told.address} unreachable`;
  setText(cluster.lastElementChild, now - told.at > 10_000 ? `${text} · seen ${ago(now - told.at)}` : text);
  cluster.title = told.problem ?? 'The JobManager answers';
  const troubled = job && ((job.totals.states.SUSPENDED ?? 0) + (job.totals.states.RETRYING ?? 0) + (job.totals.states.BLOCKED ?? 0));
  document.title = job ? `${troubled > 0 ? `(${troubled}) ` : ''}${job.name} · Millrace` : 'Millrace';
  if (job && crumbs.childElementCount === 0) {
    crumbs.replaceChildren(el('a', { href: '#/jobs' }, 'Jobs'));
  }
}

function logIn() {
  const form = loginView(start);
  view?.close();
  view = null;
  show(logOut, false);
  main.replaceChildren(form.root);
  form.focus();
}

async function start() {
  try {
    const session = await api.session();
    locked = session.locked;
    if (!session.open) {
      return logIn();
    }
  } catch {
    // Then the first look says what is wrong.
  }
  show(logOut, locked);
  navigate();
}

logOut.addEventListener('click', async () => {
  await api.logOut();
  logIn();
});
document.getElementById('help').addEventListener('click', help);
addEventListener('hashchange', () => {
  atStart = false;
  if (view !== null) {
    navigate();
  }
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && view !== null) {
    refresh();
  }
});
document.addEventListener('keydown', (event) => {
  if (view === null || document.querySelector('dialog') !== null) {
    return;
  }
  if (view.pressed(event)) {
    event.preventDefault();
  } else if (!isTyping(event) && event.key === '?') {
    help();
  } else if (!isTyping(event) && event.key === 'g') {
    location.hash = '#/jobs';
  }
});
start();
