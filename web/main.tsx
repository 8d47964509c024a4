import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'uplot/dist/uPlot.min.css';
import { adoptPalette } from './adoptPalette.ts';
import { App } from './views/App.tsx';
import './style.css';
import { createTrainingSession } from './session/trainingSession.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root"');
adoptPalette();
createRoot(root).render(
  <StrictMode>
    <App session={createTrainingSession()} />
  </StrictMode>,
);
