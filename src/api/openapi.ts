import type { Api } from './endpoint.ts';
import { sessionCookie } from './roles.ts';

/** The API's own description, from the routes themselves. */
export function openApiDocument(api: Api, version: string) {
  return {
    ...api.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Burnrate control plane',
        version,
        description:
          'Money is an exact decimal string in US dollars, time is RFC 3339, ranges default to the last 24 hours. Every ' +
          'refusal has the shape of `Error`; its code is also in the header `burnrate-error-code`.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: '/' }],
    }),
    ...securitySchemes(api),
  };
}

function securitySchemes(api: Api) {
  const { components = {} } = api.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } });
  const schemes = {
    token: {
      type: 'http',
      scheme: 'bearer',
      description: 'The admin token. Not needed on a loopback instance without one.',
    },
    session: { type: 'apiKey', in: 'cookie', name: sessionCookie, description: 'What POST /api/session set.' },
  } as const;
  return { components: { ...components, securitySchemes: schemes } };
}
