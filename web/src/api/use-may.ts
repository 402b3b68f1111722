import { useInstance } from './queries.ts';
import type { UserRole } from './schema.ts';

/** Whether who looks at this page may do what needs a role, so that nothing is offered that the API would refuse. */
export function useMay(needed: UserRole): boolean {
  const role = useInstance().data?.you.role;
  return role === 'admin' || role === needed;
}
