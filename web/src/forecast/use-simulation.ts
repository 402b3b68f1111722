import { useEffect, useRef, useState } from 'react';
import type { ForecastReport, SliderRun, Sliders } from '../../../src/forecast/index.ts';

/** What the page tells the simulation, which runs beside it so that the page stays smooth. */
export type SimulationRequest =
  | { readonly kind: 'model'; readonly modelId: number; readonly model: unknown }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly modelId: number;
      readonly sliders: Sliders;
      readonly run: SliderRun;
    };

type SimulationAnswer =
  | { readonly id: number; readonly report: ForecastReport }
  | { readonly id: number; readonly message: string };

export interface Simulation {
  readonly report: ForecastReport | null;
  /** True while a newer figure is under way. */
  readonly busy: boolean;
  readonly problem: string | null;
}

/** A model loaded into a worker, and what asks it; only the newest question is answered. */
class Simulator {
  readonly #worker = new Worker(new URL('./simulation.worker.ts', import.meta.url), { type: 'module' });
  readonly #onAnswer: (answer: SimulationAnswer) => void;
  #model: unknown = null;
  #modelId = 0;
  #id = 0;
  #running = false;
  #next: (() => void) | null = null;

  constructor(onAnswer: (answer: SimulationAnswer) => void) {
    this.#onAnswer = onAnswer;
    this.#worker.addEventListener('message', ({ data }: MessageEvent<SimulationAnswer>) => this.#answered(data));
    this.#worker.addEventListener('error', (event) => {
      this.#answered({ id: this.#id, message: event.message || 'The simulation could not be started.' });
    });
  }

  ask(model: unknown, sliders: Sliders, run: SliderRun): void {
    const send = () => {
      this.#running = true;
      if (model !== this.#model) {
        this.#model = model;
        this.#modelId += 1;
        this.#tell({ kind: 'model', modelId: this.#modelId, model });
      }
      this.#id += 1;
      this.#tell({ kind: 'run', id: this.#id, modelId: this.#modelId, sliders, run });
    };
    if (this.#running) this.#next = send;
    else send();
  }

  close(): void {
    this.#worker.terminate();
  }

  #answered(answer: SimulationAnswer): void {
    this.#running = false;
    const next = this.#next;
    this.#next = null;
    if (next) next();
    this.#onAnswer(answer);
  }

  #tell(request: SimulationRequest): void {
    this.#worker.postMessage(request);
  }
}

/** The forecast with the sliders where they are; earlier figures stand until newer ones come. */
export function useSimulation(model: unknown, sliders: Sliders, run: SliderRun): Simulation {
  const simulator = useRef<Simulator | null>(null);
  const [answer, setAnswer] = useState<SimulationAnswer | null>(null);
  const [asked, setAsked] = useState('');
  const [answered, setAnswered] = useState('');
  const question = JSON.stringify([sliders, run]);
  const latest = useRef(question);
  useEffect(() => {
    const made = new Simulator((given) => {
      setAnswer(given);
      setAnswered(latest.current);
    });
    simulator.current = made;
    return () => {
      simulator.current = null;
      made.close();
    };
  }, []);
  useEffect(() => {
    latest.current = question;
    const [slid, ran] = JSON.parse(question) as [Sliders, SliderRun];
    simulator.current?.ask(model, slid, ran);
    setAsked(question);
  }, [model, question]);
  const report = answer !== null && 'report' in answer ? answer.report : null;
  const problem = answer !== null && 'message' in answer ? answer.message : null;
  return { report, problem, busy: asked !== answered };
}
