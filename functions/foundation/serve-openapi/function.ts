import type { FunctionEntry } from '../../function-entry.ts';

export const serveOpenapi: FunctionEntry = {
  name: 'serve-openapi',
  purpose: 'Serves the OpenAPI document of this API',
  trigger: {
    kind: 'route',
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'Read the OpenAPI document',
    callers: 'anybody',
    headers: [],
    success: { status: 200, description: 'OpenAPI 3.1' },
    errors: [],
  },
  size: 'query',
  permissions: {},
  settings: [],
};
