import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { CallPage } from './pages/call.tsx';
import { CostsPage } from './pages/costs.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { RunPage } from './pages/run.tsx';
import { WorkflowPage } from './pages/workflow.tsx';
import { WorkflowsPage } from './pages/workflows.tsx';
import { Shell } from './shell/shell.tsx';
import { emptyView, formatView, parseView, type ViewState } from './view/view-state.ts';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFoundPage,
  validateSearch: (search): ViewState => ({ ...emptyView, ...search }),
});

const overview = createRoute({ getParentRoute: () => root, path: '/', component: OverviewPage });
const workflows = createRoute({ getParentRoute: () => root, path: '/workflows', component: WorkflowsPage });
const workflow = createRoute({ getParentRoute: () => root, path: '/workflows/$name', component: WorkflowPage });
const costs = createRoute({ getParentRoute: () => root, path: '/costs', component: CostsPage });
const call = createRoute({ getParentRoute: () => root, path: '/calls/$id', component: CallPage });
/** Places few visits begin at come as files of their own. */
const calls = createRoute({
  getParentRoute: () => root,
  path: '/calls',
  component: lazyRouteComponent(() => import('./pages/calls.tsx'), 'CallsPage'),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  component: lazyRouteComponent(() => import('./pages/runs.tsx'), 'RunsPage'),
});
const operations = createRoute({
  getParentRoute: () => root,
  path: '/operations',
  component: lazyRouteComponent(() => import('./pages/operations.tsx'), 'OperationsPage'),
});
const economics = createRoute({
  getParentRoute: () => root,
  path: '/economics',
  component: lazyRouteComponent(() => import('./pages/economics.tsx'), 'EconomicsPage'),
});
const behaviour = createRoute({
  getParentRoute: () => root,
  path: '/economics/behaviour',
  component: lazyRouteComponent(() => import('./pages/behaviour.tsx'), 'BehaviourPage'),
});
const weekly = createRoute({
  getParentRoute: () => root,
  path: '/economics/weekly',
  component: lazyRouteComponent(() => import('./pages/weekly.tsx'), 'WeeklyPage'),
});
const controls = createRoute({
  getParentRoute: () => root,
  path: '/controls',
  component: lazyRouteComponent(() => import('./pages/controls.tsx'), 'ControlsPage'),
});
const forecast = createRoute({
  getParentRoute: () => root,
  path: '/forecast',
  component: lazyRouteComponent(() => import('./pages/forecast.tsx'), 'ForecastPage'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings.tsx'), 'SettingsPage'),
});
const run = createRoute({ getParentRoute: () => root, path: '/runs/$id', component: RunPage });

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    workflows,
    workflow,
    costs,
    calls,
    call,
    runs,
    run,
    economics,
    behaviour,
    weekly,
    forecast,
    controls,
    operations,
    settings,
  ]),
  parseSearch: (text) => ({ ...parseView(text) }),
  stringifySearch: (search) => formatView({ ...emptyView, ...search }),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
