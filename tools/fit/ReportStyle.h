// The style sheet of reports.
#ifndef DLC_TOOLS_FIT_REPORTSTYLE_H
#define DLC_TOOLS_FIT_REPORTSTYLE_H

namespace dlc::fit {

inline constexpr char kReportStyle[] = R"css(
:root { color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --ink: #1d2126; --soft: #5c6670; --rule: #e3e5e8; --grid: #eceef0;
  --s0: #2f6fde; --s1: #e0792b; --s2: #2a9d6f; --s3: #b5489a; --s4: #7a6ff0; --s5: #94843b;
  --s6: #1296a8; --s7: #c2414b; --s8: #8a5a3c; --s9: #6b7280; --warn: #b45309; --heat: 47 111 222; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171a; --card: #1d2125; --ink: #e6e9ec; --soft: #9aa5b0; --rule: #31373d; --grid: #2a3036;
  --s0: #6ea1ff; --s1: #f39c55; --s2: #54c897; --s3: #dd7cc5; --s4: #a79fff; --s5: #c9b866;
  --s6: #4fc3d4; --s7: #f0828a; --s8: #c79a78; --s9: #9aa3ae; --warn: #f5a84b; --heat: 110 161 255; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 28px; margin: 0 0 2px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 36px 0 12px; }
.sub { color: var(--soft); margin: 4px 0 16px; }
.cards { display: grid; gap: 14px; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
.card, .panel { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px 16px; }
.card .value { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.card .name { color: var(--soft); font-size: 13px; }
.charts { display: grid; gap: 14px; grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); }
.panel { padding: 10px 12px; overflow-x: auto; }
.chart { display: block; width: 100%; height: auto; }
.chart text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.chart .title { fill: var(--ink); font-weight: 600; font-size: 14px; }
.chart .grid { stroke: var(--grid); } .chart .axis { stroke: var(--soft); }
.chart .mark { stroke: none; font-weight: 600; }
.chart .diagonal { stroke: var(--soft); stroke-dasharray: 4 4; }
.chart .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.chart .dot { stroke: none; fill-opacity: 0.85; } .chart .bar { stroke: none; }
.series0 { stroke: var(--s0); } .series1 { stroke: var(--s1); }
.series2 { stroke: var(--s2); } .series3 { stroke: var(--s3); }
.series4 { stroke: var(--s4); } .series5 { stroke: var(--s5); }
.series6 { stroke: var(--s6); } .series7 { stroke: var(--s7); }
.series8 { stroke: var(--s8); } .series9 { stroke: var(--s9); }
.bar.series0, .dot.series0, .chart .mark.series0 { fill: var(--s0); }
.bar.series1, .dot.series1, .chart .mark.series1 { fill: var(--s1); }
.bar.series2, .dot.series2, .chart .mark.series2 { fill: var(--s2); }
.bar.series3, .dot.series3, .chart .mark.series3 { fill: var(--s3); }
.bar.series4, .dot.series4, .chart .mark.series4 { fill: var(--s4); }
.bar.series5, .dot.series5, .chart .mark.series5 { fill: var(--s5); }
.bar.series6, .dot.series6, .chart .mark.series6 { fill: var(--s6); }
.bar.series7, .dot.series7, .chart .mark.series7 { fill: var(--s7); }
.bar.series8, .dot.series8, .chart .mark.series8 { fill: var(--s8); }
.bar.series9, .dot.series9, .chart .mark.series9 { fill: var(--s9); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; white-space: nowrap; color: var(--soft); font-weight: 500; font-size: 13px; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td { overflow-wrap: anywhere; } td:first-child { overflow-wrap: normal; }
tr:last-child td { border-bottom: none; }
td.number, th.number { text-align: right; white-space: nowrap; padding-right: 20px; }
td.number:last-child, th.number:last-child { padding-right: 0; }
.matrix { width: auto; } .matrix td, .matrix th, .matrix tr:last-child td { text-align: center; padding: 8px 14px; border: 1px solid var(--rule); }
.matrix th.row { text-align: right; }
.matrix td { font-size: 17px; } .matrix td small { display: block; color: var(--soft); font-size: 12px; }
.note { border-left: 3px solid var(--warn); padding: 2px 0 2px 12px; margin: 8px 0; white-space: normal; }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; }
summary { cursor: pointer; color: var(--soft); font-size: 13px; }
details[open] > summary { margin-bottom: 8px; }
.pictures { display: flex; flex-wrap: wrap; gap: 14px; margin: 0; }
.pictures figure { margin: 0; display: flex; flex-direction: column; gap: 4px; }
.pictures img { display: block; image-rendering: pixelated; border-radius: 3px; }
.pictures figcaption { color: var(--soft); font-size: 12px; line-height: 1.35; max-width: 124px; overflow-wrap: anywhere; }
@media (max-width: 560px) { main { padding: 20px 12px 48px; } td { overflow-wrap: normal; }
  main .chart text { font-size: 15px; }
  main .chart .title { font-size: 16px; } }
footer { color: var(--soft); margin-top: 40px; font-size: 13px; }
)css";

} // namespace dlc::fit

#endif
