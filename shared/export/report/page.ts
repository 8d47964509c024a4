import { html, type Html } from './html.ts';
import { PAGE_STYLE } from './pageStyle.ts';

/** A whole page that needs nothing beside itself, and by its own policy may load nothing and run nothing. */
export function page(title: string, main: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: PAGE_STYLE }}</style>
</head>
<body>
<main>
${main}</main>
</body>
</html>
`.markup;
}
