// SPDX-License-Identifier: Apache-2.0

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TENTH = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

const NONE = '–';

const isNothing = (value) => value === null || value === undefined;

/** A whole number, with its thousands apart. */
export function whole(value) {
  return isNothing(value) ? NONE : WHOLE.format(value);
}

/** A number where there is little room. */
export function short(value) {
  return isNothing(value) ? NONE : Math.abs(value) < 10_000 ? whole(value) : SHORT.format(value);
}

/** So many a second. */
export function rate(value) {
  if (isNothing(value)) {
    return NONE;
  }
  return value > 0 && value < 10 ? TENTH.format(value) : short(value);
}

/** A length of time, given in milliseconds. */
export function duration(millis) {
  if (isNothing(millis)) {
    return NONE;
  }
  const seconds = millis / 1000;
  if (millis === 0) {
    return '0 s';
  }
  if (millis < 1000) {
    return `${WHOLE.format(millis)} ms`;
  }
  if (seconds < 10) {
    return `${TENTH.format(seconds)} s`;
  }
  if (seconds < 60) {
    return `${Math.floor(seconds)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long ago, without the noise of single seconds beyond a minute. */
export function ago(millis) {
  if (millis < 2500) {
    return 'just now';
  }
  if (millis < 60_000) {
    return `${Math.floor(millis / 1000)} s ago`;
  }
  return millis < 3_600_000 ? `${Math.floor(millis / 60_000)} min ago` : `${duration(millis)} ago`;
}

/** A moment of today by its time, another with its date. */
export function moment(millis) {
  if (isNothing(millis)) {
    return NONE;
  }
  const time = new Date(millis);
  const sameDay = time.toDateString() === new Date().toDateString();
  return sameDay ? time.toLocaleTimeString('en-GB') : `${date(time)} ${time.toLocaleTimeString('en-GB')}`;
}

/** A moment that can be compared with a log. */
export function exact(millis) {
  return isNothing(millis) ? NONE : new Date(millis).toISOString();
}

function date(time) {
  return `${time.getFullYear()}-${String(time.getMonth() + 1).padStart(2, '0')}-${String(time.getDate()).padStart(2, '0')}`;
}

/** One thing or several. */
export function count(number, one, several = `${one}s`) {
  return `${whole(number)} ${number === 1 ? one : several}`;
}

/** How a plot tells numbers. */
export const NUMBERS = { tell: rate, axis: (value) => (value < 10 ? String(+value.toFixed(2)) : short(value)), unit: () => 1 };

const UNITS = [[7_200_000, 3_600_000, 'h'], [120_000, 60_000, 'min'], [1000, 1000, 's'], [0, 1, 'ms']];

/** How a plot tells lengths of time. */
export const LENGTHS = {
  tell: duration,
  axis: (millis) => {
    const [, unit, name] = UNITS.find(([from]) => millis >= from);
    return millis === 0 ? '0' : `${+(millis / unit).toFixed(1)} ${name}`;
  },
  unit: (highest) => UNITS.find(([from]) => highest >= from)[1],
};
