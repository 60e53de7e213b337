// SPDX-License-Identifier: Apache-2.0
import { api, newId } from './api.js';
import { el, setText, show } from './dom.js';
import { count, duration, moment, whole } from './format.js';
import { span } from './panel.js';

const SURVEY_PAUSE = 500;
const SURVEY_PATIENCE = 20_000;
const MANY = 8;

/** Opens a modal dialog, which is gone when it is closed; gives it. */
function open(title, ...children) {
  const heading = el('h2', { id: 'dialog-title' }, title);
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title' }, heading, ...children);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) {
      dialog.close();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

const closing = (text) => el('button', { type: 'button', onclick: (event) => event.target.closest('dialog').close() }, text);

/** What a shard has yet to deliver, in words. */
function backlog(shards) {
  const lag = shards.reduce((sum, shard) => sum + (shard.lagRecords ?? 0), 0);
  return lag === 0 ? 'Nothing waits to be delivered.' : `${count(lag, 'record waits', 'records wait')} to be delivered.`;
}

const named = (shards) => (shards.length === 1 ? `shard ${shards[0].shard}` : `${whole(shards.length)} shards`);

function names(shards) {
  const some = shards.slice(0, MANY).map((shard) => shard.shard).join(', ');
  return shards.length > MANY ? `${some} and ${whole(shards.length - MANY)} more` : some;
}

/** What each command will do to the shards that it is for, in sentences. */
const EFFECTS = {
  suspend: (shards) => {
    const calls = shards.filter((shard) => shard.inFlightSince !== null).length;
    return [
      calls === 0 ? 'No call is under way.' : `${count(calls, 'call that is under way may finish', 'calls that are under way may finish')}.`,
      `Nothing more is launched until ${shards.length === 1 ? 'it is' : 'they are'} resumed. What is not delivered stays in the stream and is kept there as long as the stream keeps it.`,
      backlog(shards),
    ];
  },
  resume: (shards) => [
    shards.length === 1 && shards[0].position !== null
      ? `It goes on behind sequence ${whole(shards[0].position.sequence)}, where it stopped, with fresh attempts.`
      : 'Each goes on where it stopped, with fresh attempts.',
    backlog(shards),
    'If the function is not repaired, the same event fails again and is suspended once its attempts are used up.',
  ],
  retry: (shards, now) => [
    shards.length === 1 && shards[0].nextAttemptAt !== null
      ? `The next attempt is made now instead of in ${duration(Math.max(0, shards[0].nextAttemptAt - now))}.`
      : 'The next attempt of each is made now.',
    `Failed attempts stay counted${shards.length === 1 ? `: ${whole(shards[0].attempts)} so far` : ''}.`,
  ],
};

const TITLES = { suspend: 'Suspend', resume: 'Resume', retry: 'Retry' };

/**
 * Asks whether a command is meant, and says what it will do.
 *
 * @param {string} verb
 * @param {object[]} shards that it is for
 * @param {{now: number, all: boolean, give: (order: object) => Promise<void>}} context `all` for all
 *     that the command fits
 */
export function confirm(verb, shards, { now, all, give }) {
  const problem = el('p.problem', { role: 'alert', hidden: true });
  const go = el('button', { type: 'submit', className: verb === 'suspend' ? 'danger' : 'primary' }, TITLES[verb]);
  const id = newId();
  const form = el('form', { method: 'dialog' },
    shards.length > 1 ? el('p.names', {}, `Shards ${names(shards)}.`) : null,
    el('ul.effects', {}, ...EFFECTS[verb](shards, now).map((line) => el('li', {}, line))),
    el('p.note', {}, 'Accepted within a second or two; durable with the next checkpoint, after which no failure can undo it.'),
    problem,
    el('div.actions', {}, closing('Cancel'), go));
  const dialog = open(`${TITLES[verb]} ${named(shards)}?`, form);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await give({ id, command: verb, ...(all ? { all: true } : { shard: shards[0].shard }) });
      dialog.close();
    } catch (failure) {
      setText(problem, failure.message);
      show(problem, true);
      go.disabled = false;
      setText(go, 'Send again');
    }
  });
  go.focus();
}

/** Gives up the event at the head of a shard, or one record of it: exactly the one that is shown. */
export function skip(shard, { give }) {
  const { first, last, records } = shard.envelope;
  const problem = el('p.problem', { role: 'alert', hidden: true });
  const go = el('button.danger', { type: 'submit' }, 'Skip');
  const sequence = el('input', { type: 'number', name: 'sequence', min: String(first.sequence), max: String(last.sequence), step: '1', value: String(first.sequence), 'aria-label': 'Sequence' });
  const choice = (value, label, ...more) => el('label.choice', {}, el('input', { type: 'radio', name: 'what', value, checked: value === 'event' }), el('span', {}, label), ...more);
  const reason = el('input', { type: 'text', name: 'reason', required: true, maxLength: 500, autocomplete: 'off', id: 'reason' });
  const form = el('form', { method: 'dialog' },
    el('fieldset', {}, el('legend', {}, 'Give up'),
      choice('event', `the event at its head: ${span(shard.envelope)}, ${count(records, 'record')}`),
      records > 1 ? choice('record', 'of that only the record of sequence', sequence) : null),
    el('ul.effects', {},
      el('li', {}, 'What is given up will not be delivered. It is logged with your reason, and counted as given up.'),
      el('li', {}, 'The shard goes on behind it; a suspended shard stays suspended. If another event has come to its head meanwhile, nothing is given up.')),
    el('label', { htmlFor: 'reason' }, 'Reason, for those who come later'), reason,
    problem, el('div.actions', {}, closing('Cancel'), go));
  const dialog = open(`Skip at shard ${shard.shard}?`, form);
  sequence.addEventListener('focus', () => { form.elements.what.value = 'record'; });
  const id = newId();
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    go.disabled = true;
    const only = form.elements.what.value === 'record' ? { sequence: Number(sequence.value) } : {};
    try {
      await give({ id, command: 'skip', shard: shard.shard, skip: { first, last, reason: reason.value.trim(), ...only } });
      dialog.close();
    } catch (failure) {
      setText(problem, failure.message);
      show(problem, true);
      go.disabled = false;
    }
  });
  reason.focus();
}

/** What moving one shard does, of a survey's figures. */
function effect(target) {
  const still = target.state === 'SUSPENDED' ? ' It stays suspended.' : '';
  if (target.stage === 'REFUSED') {
    return `cannot be moved there: ${target.refusal}`;
  }
  if (target.to === null) {
    return (target.time === null ? 'goes on at its oldest record.' : `goes on at the first record of ${moment(target.time)}.`) + still;
  }
  if (target.from === null) {
    return `nothing of it is known to be delivered; goes on at sequence ${whole(target.to)}.${still}`;
  }
  const distance = target.to - target.from;
  if (distance === 0) {
    return `stays at sequence ${whole(target.to)}.${still}`;
  }
  return distance < 0
    ? `goes back to sequence ${whole(target.to)}: ${whole(target.to)} to ${whole(target.from - 1)} will be delivered again.${still}`
    : `goes forward to sequence ${whole(target.to)}: ${whole(target.from)} to ${whole(target.to - 1)} will not be delivered.${still}`;
}

function place(form) {
  switch (form.elements.place.value) {
    case 'sequence': return { sequence: Number(form.elements.sequence.value) };
    case 'time': return { time: new Date(form.elements.time.value).toISOString() };
    default: return form.elements.place.value;
  }
}

/** Asks until it is known of every shard where it would go on. */
async function survey(job, question) {
  const deadline = Date.now() + SURVEY_PATIENCE;
  for (;;) {
    const answer = await api.survey(job, question);
    if (answer.refused !== null) {
      throw new Error(answer.refused);
    }
    if (!answer.shards.some((shard) => shard.stage === 'ASKED')) {
      return answer.shards;
    }
    if (Date.now() > deadline) {
      throw new Error('not every shard has said where it would go on; nothing was moved');
    }
    await new Promise((later) => setTimeout(later, SURVEY_PAUSE));
  }
}

/** Moves shards to another place in the stream: asks where, says what that means, and moves. */
export function seek(job, shards, { all, give }) {
  const one = !all;
  const problem = el('p.problem', { role: 'alert', hidden: true });
  const effects = el('ul.effects', { 'aria-live': 'polite' });
  const go = el('button.primary', { type: 'submit' }, 'See what that does');
  const radio = (value, label, ...more) => el('label.choice', {}, el('input', { type: 'radio', name: 'place', value, checked: value === (one ? 'sequence' : 'earliest') }), el('span', {}, label), ...more);
  const sequence = el('input', { type: 'number', name: 'sequence', min: '0', step: '1', 'aria-label': 'Sequence', value: one && shards[0].position !== null ? String(shards[0].position.sequence + 1) : '0' });
  const time = el('input', { type: 'datetime-local', name: 'time', step: '1', 'aria-label': 'Time' });
  const choices = el('fieldset', {}, el('legend', {}, 'Go on at'),
    one ? radio('sequence', 'the record of sequence', sequence) : null,
    radio('time', 'the first record accepted at or after', time),
    radio('earliest', 'the oldest record that the stream has'),
    radio('latest', 'the end, behind the newest record'));
  const form = el('form', { method: 'dialog' }, choices, effects, problem, el('div.actions', {}, closing('Cancel'), go));
  for (const input of [sequence, time]) {
    input.addEventListener('focus', () => { form.elements.place.value = input.name; });
  }
  const dialog = open(`Move ${named(shards)}`, form);
  let id = null;
  const reset = () => {
    id = null;
    effects.replaceChildren();
    setText(go, 'See what that does');
    go.className = 'primary';
  };
  choices.addEventListener('input', reset);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    go.disabled = true;
    show(problem, false);
    const target = all ? { all: true } : { shard: shards[0].shard };
    try {
      if (id !== null) {
        await give({ id, command: 'seek', ...target });
        dialog.close();
        return;
      }
      if (form.elements.place.value === 'time' && form.elements.time.value === '') {
        throw new Error('a time is needed');
      }
      const asked = newId();
      const found = await survey(job, { id: asked, to: place(form), ...target });
      effects.replaceChildren(...found.map((each) => el('li', {}, el('b', {}, `Shard ${each.shard} `), effect(each))));
      if (found.length > 0 && found.every((each) => each.stage === 'FOUND')) {
        id = asked;
        setText(go, `Move ${named(shards)}`);
        go.className = 'danger';
      }
    } catch (failure) {
      reset();
      setText(problem, failure.message);
      show(problem, true);
    } finally {
      go.disabled = false;
    }
  });
  (one ? sequence : go).focus();
}

/** Which keys do what. */
export function help() {
  const keys = [
    ['/', 'filter the shards'], ['↓ ↑ or j k', 'the next, the previous shard'], ['Enter', 'show the shard'],
    ['r', 'resume the shard that is shown'], ['s', 'suspend it'], ['n', 'retry it now'], ['x', 'skip the event at its head'], ['m', 'move it'],
    ['Shift R', 'resume all suspended shards'], ['Esc', 'close'], ['g', 'all jobs'], ['?', 'this list'],
  ];
  open('Keys', el('dl.keys', {}, ...keys.map(([key, does]) => el('div', {}, el('dt', {}, ...key.split(' ').map((part) => (part === 'or' ? ' or ' : el('kbd', {}, part)))), el('dd', {}, does)))),
    el('form', { method: 'dialog' }, el('div.actions', {}, el('button.primary', {}, 'Close'))));
}
