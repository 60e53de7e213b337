// SPDX-License-Identifier: Apache-2.0
import { api } from './api.js';
import { el, setText, show } from './dom.js';

/** Asks for the token; calls `onOpen` once it was right. */
export function loginView(onOpen) {
  const token = el('input', { type: 'password', name: 'token', autocomplete: 'current-password', required: true, id: 'token' });
  const problem = el('p.problem', { role: 'alert', hidden: true });
  const go = el('button.primary', { type: 'submit' }, 'Log in');
  const form = el('form.login', {},
    el('h1', {}, 'This console needs its token'),
    el('p', {}, 'It is the first line of the file that the console was started with.'),
    el('label', { htmlFor: 'token' }, 'Token'), token, problem, go);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await api.logIn(token.value);
      onOpen();
    } catch (failure) {
      setText(problem, failure.message);
      show(problem, true);
      token.select();
    } finally {
      go.disabled = false;
    }
  });
  return { root: form, focus: () => token.focus() };
}
