import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The same ten steps stand in theme.css, which is what the browser reads: styles are never injected. */
const ember: MantineColorsTuple = [
  '#fff7ed',
  '#ffedd5',
  '#fed7aa',
  '#fdba74',
  '#fb923c',
  '#ea580c',
  '#c2410c',
  '#9a3412',
  '#7c2d12',
  '#431407',
];

export const theme = createTheme({
  colors: { orange: ember },
  primaryColor: 'orange',
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
});
