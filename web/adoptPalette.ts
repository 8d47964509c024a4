import { DARK, LIGHT, paletteCss } from '../shared/export/report/palette.ts';

/** Gives the page the colours of the reports, as variables. */
export function adoptPalette(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root{${paletteCss(LIGHT)}}@media (prefers-color-scheme:dark){:root{${paletteCss(DARK)}}}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
