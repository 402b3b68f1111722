import { type ForecastModel, forecastWithSliders, type PortableModel, readModel } from '../../../src/forecast/index.ts';
import type { SimulationRequest } from './use-simulation.ts';

const models = new Map<number, ForecastModel>();

/** The model comes once under a number, and is then named by it. */
addEventListener('message', ({ data }: MessageEvent<SimulationRequest>) => {
  if (data.kind === 'model') {
    models.clear();
    models.set(data.modelId, readModel(data.model as PortableModel));
    return;
  }
  const model = models.get(data.modelId);
  if (!model) return;
  try {
    postMessage({ id: data.id, report: forecastWithSliders(model, data.sliders, data.run) });
  } catch (error) {
    postMessage({ id: data.id, message: error instanceof Error ? error.message : String(error) });
  }
});
