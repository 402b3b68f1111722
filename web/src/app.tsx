import { MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ApiError, isRefusal, lateCode } from './api/client.ts';
import { instanceKey } from './api/queries.ts';
import { router } from './router.tsx';
import { theme } from './theme/theme.ts';

/** How soon what failed is asked for again, ms: a ledger that restarts is back in seconds. */
const askAgainMs = 5_000;

/** A refusal will be the same a second later, and who waited in vain is told first; only breaks and 5xx are worth asking again at once. */
const retriesMax = 2;

const queryClient: QueryClient = new QueryClient({
  // A session that ran out shows at whatever is read next; the instance, read again, then asks for a sign-in.
  queryCache: new QueryCache({
    onError: (error, query) => {
      const signedOut = error instanceof ApiError && error.status === 401 && query.queryKey[0] !== instanceKey;
      if (signedOut) void queryClient.invalidateQueries({ queryKey: [instanceKey] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < retriesMax && !isRefusal(error) && !isLate(error),
      refetchInterval: ({ state }) => (state.status === 'error' && !isRefusal(state.error) ? askAgainMs : false),
    },
  },
});

const isLate = (error: Error | null) => error instanceof ApiError && error.code === lateCode;

/** Style tags are refused by the Content-Security-Policy: variables and classes come from theme/index.css alone. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      deduplicateCssVariables={false}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
