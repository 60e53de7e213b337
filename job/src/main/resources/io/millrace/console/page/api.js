// SPDX-License-Identifier: Apache-2.0

/** An answer that is none: its message is a line for the user. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const PATIENCE = 40_000;

async function send(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new ApiError(0, 'the console itself does not answer; is millrace console still running?');
  }
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new ApiError(response.status, `an answer that is not the console’s (${response.status})`);
  }
  if (!response.ok) {
    throw new ApiError(response.status, answer.error ?? `status ${response.status}`);
  }
  return answer;
}

const job = (id) => `/api/jobs/${encodeURIComponent(id)}`;

/** A name for a command, so that it may be sent again and is the same. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/** Everything that the page asks of its server; openapi.yaml describes it. */
export const api = {
  session: () => send('GET', '/api/session'),
  logIn: (token) => send('POST', '/api/session', { token }),
  logOut: () => send('DELETE', '/api/session'),
  jobs: () => send('GET', '/api/jobs'),
  job: (id) => send('GET', job(id)),
  history: (id, seconds, after) => send('GET', `${job(id)}/history?seconds=${seconds}&after=${after}`),
  command: (id, order) => send('POST', `${job(id)}/commands`, order),
  survey: (id, question) => send('POST', `${job(id)}/surveys`, question),
};
