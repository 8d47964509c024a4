import { DARK, LIGHT, paletteCss } from './palette.ts';

/** The style of a report: one column of cards, two of charts where there is room; light, dark and paper. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;${paletteCss(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${paletteCss(DARK)}}}
@media print{:root{color-scheme:light;${paletteCss(LIGHT)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1120px;margin:0 auto;padding:40px 24px 80px}
h1,h2,h3,p,figure,dl,dd{margin:0}
h1{font-size:clamp(1.25rem,1rem + 1.2vw,1.7rem);line-height:1.35;font-weight:650;letter-spacing:-.012em;text-wrap:pretty;overflow-wrap:anywhere}
h1::first-letter,.verdict h2::first-letter,.answer::first-letter,.lead::first-letter{text-transform:uppercase}
h2{font-size:1.3rem;font-weight:650;letter-spacing:-.008em;margin:56px 0 4px}
h3{font-size:1.02rem;font-weight:650}
.lead{color:var(--quiet);max-width:72ch;margin-bottom:16px}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.9em}
.verdict,.card,figure{background:var(--card);border:1px solid var(--line);border-radius:14px}
.verdict{padding:32px;border-left:6px solid var(--other)}
.verdict.is-shown{border-left-color:var(--best)}
.verdict.is-not-shown{border-left-color:var(--uniform)}
.verdict+.verdict,h1+.verdict{margin-top:20px}
.verdict h2{margin:6px 0 0;font-size:1.2rem;line-height:1.4;overflow-wrap:anywhere}
.eyebrow{font-size:.85rem;font-weight:650;color:var(--quiet);overflow-wrap:anywhere}
.badge{display:inline-block;margin-top:18px;padding:2px 12px;border:1.5px solid currentColor;border-radius:99px;font-size:.82rem;font-weight:650;color:var(--quiet)}
.is-shown>.badge{color:var(--best)}
.is-not-shown>.badge{color:var(--uniform)}
.answer{margin-top:14px;font-size:1.05rem;max-width:80ch;overflow-wrap:anywhere}
.about{margin-top:10px;color:var(--quiet);max-width:80ch;overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:20px 28px;margin-top:26px;padding-top:24px;border-top:1px solid var(--line)}
.facts dt{font-size:.82rem;color:var(--quiet)}
.facts dd{font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere;line-height:1.35}
.facts dd small{display:block;font-size:.82rem;font-weight:400;color:var(--quiet)}
.grid{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:20px;margin-top:20px}
.grid>.is-wide,.grid>:only-child{grid-column:1/-1}
figure,.card{padding:24px;min-width:0}
figcaption p,.card>p{color:var(--quiet);font-size:.92rem;margin-top:6px;max-width:72ch;overflow-wrap:anywhere}
.key li{overflow-wrap:anywhere}
.key{display:flex;flex-wrap:wrap;gap:2px 16px;margin:12px 0 0;padding:0;list-style:none;font-size:.82rem;color:var(--quiet)}
.plot{overflow-x:auto;margin-top:14px}
.chart{display:block;max-width:100%;height:auto;margin:0 auto;font-family:inherit;font-size:12px;color:var(--ink);overflow:visible}
.is-wide .chart{max-width:none}
.chart text{white-space:pre}
details{margin-top:14px;font-size:.92rem}
summary{cursor:pointer;color:var(--quiet);width:max-content;max-width:100%;border-radius:4px}
summary:hover{color:var(--ink)}
:focus-visible{outline:2px solid var(--best);outline-offset:2px}
.scroll{overflow-x:auto;margin-top:10px;background:linear-gradient(90deg,var(--card) 40%,transparent) 0 0/36px 100% local,linear-gradient(270deg,var(--card) 40%,transparent) 100% 0/36px 100% local,linear-gradient(90deg,var(--line),transparent) 0 0/12px 100% scroll,linear-gradient(270deg,var(--line),transparent) 100% 0/12px 100% scroll;background-repeat:no-repeat}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:7px 12px 7px 0;text-align:start;vertical-align:top;border-bottom:1px solid var(--line);font-weight:400}
thead th{font-weight:600;color:var(--quiet);white-space:nowrap;border-bottom-color:var(--other)}
th.number,td.number{text-align:end;white-space:nowrap}
tr.is-best>*{font-weight:650;color:var(--best)}
tr.is-uniform>*{font-weight:650;color:var(--uniform)}
tr.is-cheaper>*{font-weight:650;color:var(--cheaper)}
pre{margin:14px 0 0;padding:16px;border-radius:10px;background:var(--page);border:1px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere;font-size:.88rem;line-height:1.5}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
footer{margin-top:56px;color:var(--quiet);font-size:.85rem}
@media screen and (max-width:760px){
main{padding:16px 12px 48px}
.grid{grid-template-columns:minmax(0,1fr);gap:14px}
.verdict,figure,.card{padding:18px;border-radius:12px}
.chart{font-size:14.5px}
.facts{grid-template-columns:repeat(2,minmax(0,1fr));gap:16px}
.facts dd{font-size:1.1rem}
h2{margin-top:40px}
}
@media print{
@page{margin:14mm}
body{background:none;font-size:10pt}
main{max-width:none;padding:0}
h1{font-size:15pt}
h2{break-after:avoid;margin-top:24px}
.lead{break-after:avoid;break-inside:avoid}
.grid{gap:10px;margin-top:10px}
.verdict,.card,figure{border-color:#c4c8ce;break-inside:avoid}
.verdict{padding:20px}
figure,.card{padding:14px}
.card.is-long{break-inside:auto}
.facts{grid-template-columns:repeat(5,auto);gap:12px}
.facts dd{font-size:1rem}
.chart{font-size:15px}
.is-wide .chart{max-width:100%;font-size:13px}
tr{break-inside:avoid}
th,td{padding-block:4px}
.scroll,.plot{overflow:visible;background:none}
figure details,.is-folded{display:none}
footer{margin-top:16px;break-before:avoid}
}
`.trim();
