import { askFirst } from './ask-first.ts';

askFirst(window.location);
// The page itself comes second; index.html names its files, so they are under way already.
void import('./start.tsx');
