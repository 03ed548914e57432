import { openApiDocument } from '../../_api/openapi.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';

const document = openApiDocument();

export const handler = httpHandler(async () => ({ status: 200, body: document }));
