#include "analyzer/report/html_parts.h"

namespace pglatch {

// Colours in pairs of text and ground, for light and for dark; each pair has a contrast of 4.5 to 1 at least. What a
// colour says, a word says too.
std::string_view html_style() noexcept {
  return R"(:root {
  --ground: #ffffff; --text: #1c2128; --quiet: #57606a; --line: #d5dae0; --panel: #f6f8fa; --link: #0550ae;
  --error: #8c1d18; --error-ground: #fde8e6; --warning: #6b4500; --warning-ground: #fff0cc;
  --info: #0b4f79; --info-ground: #e1f0fa; --clean: #1d5b2e; --clean-ground: #e2f4e6;
  --reads: #ffffff; --reads-ground: #b3261e; --writes: #2b1a00; --writes-ground: #f5a623;
  --weak: #0b3a5e; --weak-ground: #bcdaf3; --hatch: rgba(0, 0, 0, .14);
  --keyword: #0a3d91; --string: #1d5b2e; --comment: #5b646e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --text: #e3e8ee; --quiet: #a3adb8; --line: #333c47; --panel: #1a2029; --link: #82b8ff;
    --error: #ffb9b1; --error-ground: #4a1714; --warning: #ffd993; --warning-ground: #43310b;
    --info: #aedcff; --info-ground: #10364f; --clean: #aee3b9; --clean-ground: #153a20;
    --reads: #ffffff; --reads-ground: #b3352d; --writes: #241500; --writes-ground: #e09b2d;
    --weak: #d4e8fb; --weak-ground: #2b5479; --hatch: rgba(0, 0, 0, .22);
    --keyword: #9cc4ff; --string: #a5dcb0; --comment: #9aa5b1;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2.5rem) 4rem; max-width: 100rem;
  background: var(--ground); color: var(--text); overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Code", "Liberation Mono", Consolas, monospace; font-size: .9em; }
code { overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .5rem; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.tool, .note, small { color: var(--quiet); }
.tool { margin: 0; font-size: .9rem; }
h1 { margin: .1rem 0 1rem; font-size: clamp(1.4rem, 3.5vw, 2rem); line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.25rem; }
h3 { margin: 1.5rem 0 .5rem; font-size: 1.05rem; }
h4 { margin: 0 0 .35rem; font-size: .95rem; font-weight: 600; }
p { margin: .35rem 0; }
ul, ol { padding-left: 1.25rem; }
summary { cursor: pointer; color: var(--link); }

.tiles, .facts, .key, .locks, .steps, nav ul { list-style: none; margin: 0; padding: 0; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; }
.tiles li { padding: .45rem .9rem; border-radius: .5rem; background: var(--panel); }
.tiles b { font-size: 1.3rem; margin-right: .2rem; }
.tiles .error { background: var(--error-ground); color: var(--error); }
.tiles .warning { background: var(--warning-ground); color: var(--warning); }
.tiles .info { background: var(--info-ground); color: var(--info); }
.alert { margin: .75rem 0; padding: .6rem 1rem; border-radius: .5rem; background: var(--error-ground); color: var(--error); }
.alert h2, .alert h3 { margin: 0; padding: 0; border: 0; font-size: 1rem; }
.alert a { color: inherit; }
nav { margin-top: 1.25rem; }
nav li { padding: .15rem 0; }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.badge.error { background: var(--error-ground); color: var(--error); }
.badge.warning { background: var(--warning-ground); color: var(--warning); }
.badge.info { background: var(--info-ground); color: var(--info); }
.badge.clean { background: var(--clean-ground); color: var(--clean); }

.timeline { overflow-x: auto; margin-bottom: 1rem; padding-bottom: .25rem; }
.timeline table { border-collapse: separate; border-spacing: 0; font-size: .85rem; }
.timeline caption { text-align: left; padding-bottom: .4rem; color: var(--quiet); }
.timeline th { font-weight: 400; text-align: left; vertical-align: bottom; padding: .2rem .5rem; }
.timeline thead th span { display: block; color: var(--quiet); max-width: 9rem; font-size: .9em; }
.timeline tbody th { position: sticky; left: 0; background: var(--ground); vertical-align: middle; z-index: 1; }
.timeline th code { overflow-wrap: normal; white-space: nowrap; }
.timeline td { padding: .15rem 0; min-width: 6.5rem; height: 2.1rem; border-left: 1px dotted var(--line); position: relative; }
.timeline tbody tr:nth-child(even) td { background: var(--panel); }
.timeline .end-of-transaction { border-right: 2px solid var(--quiet); }
.bar { display: flex; align-items: center; height: 1.75rem; margin-left: -1px; padding: 0 .5rem; font-weight: 600; white-space: nowrap; }
.bar.begins { border-top-left-radius: .6rem; border-bottom-left-radius: .6rem; margin-left: .25rem; }
.bar.ends { border-top-right-radius: .6rem; border-bottom-right-radius: .6rem; margin-right: .25rem; }
.bar.reads { background-color: var(--reads-ground); color: var(--reads); }
.bar.writes { background-color: var(--writes-ground); color: var(--writes); }
.bar.weak { background-color: var(--weak-ground); color: var(--weak); }
.bar.works, .key .works::before { background-image: repeating-linear-gradient(-45deg, transparent 0 6px, var(--hatch) 6px 12px); }
.bar.perhaps, .key .perhaps::before { outline: 2px dashed var(--quiet); outline-offset: -2px; }

.listing { border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
.row { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); border-top: 1px solid var(--line); }
.row:first-child { border-top: 0; }
.quiet > .row { border-top: 0; }
.quiet > summary { padding: .3rem 1rem; border-top: 1px solid var(--line); font-size: .85rem; }
pre.sql { margin: 0; padding: .5rem 0; background: var(--panel); line-height: 1.55; tab-size: 4; white-space: pre-wrap; overflow-wrap: anywhere; }
.line { display: grid; grid-template-columns: 3.5rem minmax(0, 1fr); padding-right: .75rem; }
.line::before { content: attr(data-n); padding-right: .9rem; text-align: right; color: var(--quiet); user-select: none; }
.line:target { background: var(--info-ground); }
.k { color: var(--keyword); font-weight: 600; }
.s { color: var(--string); }
.c { color: var(--comment); font-style: italic; }
mark { color: inherit; border-radius: .15rem; background: none; text-decoration: underline wavy 1.5px; text-underline-offset: .2em; text-decoration-skip-ink: none; }
mark.error { background: var(--error-ground); text-decoration-color: var(--error); }
mark.warning { background: var(--warning-ground); text-decoration-color: var(--warning); }
mark.info { background: var(--info-ground); text-decoration-color: var(--info); }
mark.error, mark.error * { color: var(--error); }
mark.warning, mark.warning * { color: var(--warning); }
mark.info, mark.info * { color: var(--info); }
mark.at { display: inline-block; width: .6em; height: 1em; vertical-align: text-bottom; }
.notes { padding: .6rem .9rem; font-size: .92rem; min-width: 0; overflow-wrap: anywhere; }
.finding { border-left: .3rem solid var(--line); padding: .1rem 0 .1rem .75rem; margin-bottom: .8rem; }
.finding.error { border-color: var(--reads-ground); }
.finding.warning { border-color: var(--writes-ground); }
.finding.info { border-color: var(--weak-ground); }
.finding h4 a { font-weight: 400; white-space: nowrap; }
.help::before { content: "What to do: "; font-weight: 600; }
.locks li { padding: .1rem 0 .1rem 1.15rem; position: relative; }
.locks li:not(.note)::before, .key li::before { content: ""; position: absolute; left: 0; top: .5rem; width: .75rem; height: .75rem; border-radius: .2rem; background-color: var(--line); }
.locks .reads::before, .key .reads::before { background-color: var(--reads-ground) !important; }
.locks .writes::before, .key .writes::before { background-color: var(--writes-ground) !important; }
.locks .weak::before, .key .weak::before { background-color: var(--weak-ground) !important; }

.phase { display: inline-block; padding: 0 .5rem; border-radius: .3rem; background: var(--panel); color: var(--quiet); font-weight: 400; }
.step { border-left: .3rem solid var(--weak-ground); margin: 0 0 1rem; padding: .1rem 0 .1rem .9rem; }
.step.brief { border-color: var(--writes-ground); }
.step.unsafe { border-color: var(--reads-ground); }
.step:target { background: var(--info-ground); }
.step pre.sql { padding: .6rem .9rem; border-radius: .4rem; }
.step details pre.sql { margin: .3rem 0; }
.preflight pre.sql { margin: .3rem 0; padding: .4rem .9rem; border-radius: .4rem; }
.step .id { display: inline-block; min-width: 2.2rem; color: var(--quiet); }
.step .class { margin-left: .3rem; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-weight: 400; font-size: .85em; }
.facts { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin-bottom: .4rem; font-size: .88rem; color: var(--quiet); }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; }
.key li { position: relative; padding-left: 1.15rem; }
.key .perhaps::before { outline-width: 1px; outline-offset: 0; background: none !important; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .2rem 1.25rem; font-size: .92rem; }
dt { font-weight: 600; } dd { margin: 0; }
@media (max-width: 56rem) {
  .row { grid-template-columns: minmax(0, 1fr); }
  .line { grid-template-columns: 2.75rem minmax(0, 1fr); }
  .timeline th code { overflow-wrap: anywhere; white-space: normal; }
  .timeline tbody th { min-width: 8rem; max-width: 10rem; }
}
@media print { body { max-width: none; font-size: 10pt; } .row, .step { break-inside: avoid; } * { print-color-adjust: exact; } }
)";
}

}  // namespace pglatch
