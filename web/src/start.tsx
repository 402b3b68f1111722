import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
// Before the components, so that their own styles come after the library's.
import './theme/index.css';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
