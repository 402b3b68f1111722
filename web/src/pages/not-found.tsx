import { Link } from '@tanstack/react-router';
import { PageHead } from '../parts/panel.tsx';
import { carry, useView } from '../view/use-view.ts';

export function NotFoundPage() {
  const { view } = useView();
  return (
    <>
      <PageHead title="There is no such page" />
      <p>
        The address may be mistyped, or the page has moved.{' '}
        <Link to="/" search={carry(view)}>
          Go to the overview
        </Link>
        .
      </p>
    </>
  );
}
