import { askEarly, firstMomentMs } from './api/early.ts';
import { budgetsPath, costsPath, instancePath, latestForecastPath, workflowsPath } from './api/paths.ts';
import type { Instance } from './api/schema.ts';
import { calendarOf, minuteEndMs } from './view/calendar.ts';
import { burnOf, burnWindow, dayOf, monthOf, overTimeOf } from './view/overview-questions.ts';
import { resolveRange } from './view/range.ts';
import { dimensionFilters, parseView } from './view/view-state.ts';

/** Asks for what the overview shows while the page's code is still on its way: the ledger works meanwhile. */
export function askFirst({ pathname, search }: Location): void {
  const instance = askEarly(instancePath);
  if (pathname !== '/') return;
  const view = parseView(search);
  const range = resolveRange(view.range, firstMomentMs());
  void askEarly(costsPath(overTimeOf(view), range));
  void askEarly(workflowsPath(dimensionFilters(view.where), range));
  void askEarly(costsPath(burnOf(view.where), resolveRange(burnWindow, firstMomentMs())));
  void askEarly(budgetsPath);
  void askEarly(latestForecastPath);
  void askOfDays(instance, view.where).catch(() => {
    // Without an answer there is nothing to ask early; the page asks by itself and says what is wrong.
  });
}

/** Days begin where the instance is. */
async function askOfDays(instance: Promise<Response>, where: ReturnType<typeof parseView>['where']): Promise<void> {
  const answer = await instance;
  if (!answer.ok) return;
  const { timeZone } = (await answer.clone().json()) as Instance;
  const { today, yesterday, month } = calendarOf(timeZone, minuteEndMs(firstMomentMs()));
  const asked = [
    costsPath(dayOf(where), resolveRange(today, 0)),
    costsPath(dayOf(where), resolveRange(yesterday, 0)),
    costsPath(monthOf(where), resolveRange(month, 0)),
  ];
  for (const path of asked) void askEarly(path);
}
