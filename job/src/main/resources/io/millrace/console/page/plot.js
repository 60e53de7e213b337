// SPDX-License-Identifier: Apache-2.0
import { el, setText } from './dom.js';

const LEFT = 46;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 20;
const MINUTE = 60_000;
const STEPS = [MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE];

/**
 * Values over time, on a canvas: lines over a faint area, gaps where nothing was seen, and under the
 * pointer the values of a moment. Drawn again only when something has changed.
 */
export class Plot {
  /**
   * @param {string} title
   * @param {{name: string, key: string, color: string}[]} lines whose colours are CSS variables
   * @param {{tell: Function, axis: Function, unit: Function}} scale how a value is told, how briefly
   *     beside the axis, and in multiples of what the axis counts when it goes up to a value
   */
  constructor(title, lines, scale) {
    this.title = title;
    this.lines = lines;
    this.format = scale.tell;
    this.axis = scale.axis;
    this.unit = scale.unit;
    this.data = { at: [] };
    this.from = 0;
    this.to = 1;
    this.pointer = null;
    this.canvas = el('canvas', { role: 'img' });
    this.values = lines.map(() => el('b'));
    this.legend = el('div.plot-legend', {}, ...lines.map((line, i) =>
      el('span', {}, el('i.swatch', { 'data-color': line.color }), lines.length > 1 ? `${line.name} ` : '', this.values[i])));
    this.moment = el('time.plot-moment');
    this.root = el('figure.plot', {},
      el('figcaption', {}, el('span.plot-title', {}, title), this.moment, this.legend), this.canvas);
    this.canvas.addEventListener('pointermove', (event) => this.point(event.offsetX));
    this.canvas.addEventListener('pointerleave', () => this.point(null));
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.redraw = () => this.draw();
    this.scheme.addEventListener('change', this.redraw);
  }

  /** Ends what it listens to. */
  close() {
    this.observer.disconnect();
    this.scheme.removeEventListener('change', this.redraw);
  }

  /** Takes columns of equal length, the times in `at`, and the span of time to show. */
  update(data, from, to) {
    this.data = data;
    this.from = from;
    this.to = to;
    this.draw();
  }

  point(x) {
    this.pointer = x;
    this.draw();
  }

  draw() {
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    if (width === 0 || !this.canvas.isConnected) {
      return;
    }
    const scale = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
    }
    const style = getComputedStyle(this.canvas);
    const color = (name) => style.getPropertyValue(name);
    const pen = this.canvas.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = `11px ${style.fontFamily}`;
    const ticks = niceTicks(this.highest(), this.unit);
    const top = ticks[ticks.length - 1];
    const x = (at) => LEFT + (at - this.from) / (this.to - this.from) * (width - LEFT - RIGHT);
    const y = (value) => height - BOTTOM - value / top * (height - TOP - BOTTOM);
    this.drawGrid(pen, { width, height, ticks, x, y, color });
    for (const line of [...this.lines].reverse()) {
      this.drawLine(pen, line, { x, y, color, base: height - BOTTOM });
    }
    const index = this.pointer === null ? -1 : this.nearest(this.from + (this.pointer - LEFT) / (width - LEFT - RIGHT) * (this.to - this.from));
    if (index >= 0) {
      this.drawPointer(pen, index, { x, y, color, height });
    }
    this.tell(index);
  }

  drawGrid(pen, { width, height, ticks, x, y, color }) {
    pen.lineWidth = 1;
    pen.strokeStyle = color('--grid');
    pen.fillStyle = color('--ink-3');
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const tick of ticks) {
      const at = Math.round(y(tick)) + 0.5;
      pen.beginPath();
      pen.moveTo(LEFT, at);
      pen.lineTo(width - RIGHT, at);
      pen.stroke();
      pen.fillText(this.axis(tick), LEFT - 7, at);
    }
    pen.textAlign = 'center';
    pen.textBaseline = 'alphabetic';
    const room = Math.max(2, Math.floor((width - LEFT - RIGHT) / 72));
    const step = STEPS.find((each) => (this.to - this.from) / each <= room) ?? STEPS[STEPS.length - 1];
    const zone = new Date(this.to).getTimezoneOffset() * MINUTE;
    for (let at = Math.ceil((this.from - zone) / step) * step + zone; at <= this.to; at += step) {
      const text = new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
      if (x(at) > LEFT + 14 && x(at) < width - RIGHT - 12) {
        pen.fillText(text, x(at), height - 5);
      }
    }
  }

  drawLine(pen, line, { x, y, color, base }) {
    const column = this.data[line.key] ?? [];
    const runs = [];
    let run = null;
    this.data.at.forEach((at, i) => {
      const value = column[i];
      if (value === null || value === undefined || at < this.from) {
        run = null;
      } else {
        if (run === null) {
          run = [];
          runs.push(run);
        }
        run.push([x(at), y(value)]);
      }
    });
    pen.strokeStyle = color(line.color);
    pen.fillStyle = color(line.color);
    pen.lineWidth = 1.6;
    pen.lineJoin = 'round';
    for (const points of runs) {
      pen.beginPath();
      points.forEach(([px, py], i) => (i === 0 ? pen.moveTo(px, py) : pen.lineTo(px, py)));
      if (points.length === 1) {
        pen.arc(points[0][0], points[0][1], 1.2, 0, 7);
      }
      pen.stroke();
      pen.lineTo(points[points.length - 1][0], base);
      pen.lineTo(points[0][0], base);
      pen.globalAlpha = 0.1;
      pen.fill();
      pen.globalAlpha = 1;
    }
  }

  drawPointer(pen, index, { x, y, color, height }) {
    const at = Math.round(x(this.data.at[index])) + 0.5;
    pen.strokeStyle = color('--ink-3');
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(at, TOP);
    pen.lineTo(at, height - BOTTOM);
    pen.stroke();
    for (const line of this.lines) {
      const value = this.data[line.key]?.[index];
      if (value !== null && value !== undefined) {
        pen.fillStyle = color(line.color);
        pen.beginPath();
        pen.arc(at, y(value), 3, 0, 7);
        pen.fill();
      }
    }
  }

  /** Says in words what the canvas shows: the values under the pointer, else the newest. */
  tell(index) {
    const at = this.data.at[index];
    setText(this.moment, at === undefined ? '' : new Date(at).toLocaleTimeString('en-GB'));
    this.lines.forEach((line, i) => {
      const column = this.data[line.key] ?? [];
      const value = column[index < 0 ? column.length - 1 : index];
      setText(this.values[i], value === null || value === undefined ? '–' : this.format(value));
    });
    if (index < 0) {
      const told = this.lines.map((line, i) => `${line.name} ${this.values[i].textContent}`).join(', ');
      const label = `${this.title} over time; now ${told}; highest ${this.format(this.highest())}`;
      if (this.canvas.getAttribute('aria-label') !== label) {
        this.canvas.setAttribute('aria-label', label);
      }
    }
  }

  highest() {
    let highest = 0;
    for (const line of this.lines) {
      const column = this.data[line.key] ?? [];
      for (let i = 0; i < column.length; i++) {
        if (this.data.at[i] >= this.from && column[i] > highest) {
          highest = column[i];
        }
      }
    }
    return highest;
  }

  nearest(at) {
    let best = -1;
    this.data.at.forEach((each, i) => {
      if (each >= this.from && (best < 0 || Math.abs(each - at) < Math.abs(this.data.at[best] - at))) {
        best = i;
      }
    });
    return best;
  }
}

/** Up to four round numbers from 0 to at least the highest value. */
function niceTicks(highest, unitOf) {
  const unit = unitOf(highest);
  if (!(highest > 0)) {
    return [0, unit];
  }
  const rough = highest / unit / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999);
  const ticks = [0];
  while (ticks[ticks.length - 1] < highest) {
    ticks.push(ticks.length * step * unit);
  }
  return ticks;
}
