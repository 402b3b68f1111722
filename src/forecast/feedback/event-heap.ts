export interface TimedEvent {
  readonly at: number;
  readonly kind: number;
  readonly request: number;
}

/** Events by time, the earliest first: a binary heap. */
export class EventHeap {
  readonly #events: TimedEvent[] = [];

  push(at: number, kind: number, request: number): void {
    const events = this.#events;
    const event = { at, kind, request };
    let index = events.length;
    events.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = events[parent];
      if (above === undefined || above.at <= at) break;
      events[index] = above;
      index = parent;
    }
    events[index] = event;
  }

  pop(): TimedEvent | null {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined) return null;
    if (events.length > 0) this.#sink(last);
    return first;
  }

  #sink(event: TimedEvent): void {
    const events = this.#events;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child =
        (events[left + 1]?.at ?? Number.POSITIVE_INFINITY) < (events[left]?.at ?? Number.POSITIVE_INFINITY)
          ? left + 1
          : left;
      const below = events[child];
      if (below === undefined || below.at >= event.at) break;
      events[index] = below;
      index = child;
    }
    events[index] = event;
  }
}
