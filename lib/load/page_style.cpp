#include "load/page_style.h"

#include <fmt/format.h>

#include "page/style.h"

namespace pcx::load {

namespace {

constexpr std::string_view kFigures =
    R"css(.verdicts, .tiles, .charts { display: grid; gap: .75rem; margin: 1rem 0 0; }
.verdicts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.verdict { border: 1px solid var(--line); border-left: .5rem solid currentcolor;
  border-radius: .35rem; padding: .6rem .9rem; }
.verdict strong { font-size: 1.35rem; } .verdict p { color: var(--ink); }
.none { color: var(--soft); } .VALID, .met { color: var(--good); }
.DEGRADED, .missed { color: var(--fair); } .INVALID, .MISSED { color: var(--bad); }
.VALID strong::before, .met strong::before, td.met::before { content: "\2713\a0"; }
.DEGRADED strong::before, td.missed::before { content: "!\a0"; }
.INVALID strong::before, .MISSED strong::before, td.MISSED::before { content: "\2717\a0"; }
.tiles { grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); }
.tiles div { border: 1px solid var(--line); border-radius: .35rem; padding: .5rem .75rem; }
dt { color: var(--soft); } dd { margin: 0; font-size: 1.6rem; font-weight: 600; line-height: 1.25;
  font-variant-numeric: tabular-nums; }
dd small { font-size: .95rem; font-weight: 400; }
dd.more { color: var(--soft); font-size: .85rem; font-weight: 400; }
.charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
  gap: 1.5rem 2rem; margin-top: 1.5rem; align-items: start; }
.charts section { margin: 0; min-width: 0; }
.legend { color: var(--soft); font-size: .85rem; }
.key { display: inline-block; margin-right: .9rem; }
.key::before { content: ""; display: inline-block; width: 1.6rem; margin-right: .4rem;
  vertical-align: middle; border-top: 2px solid; }
.key.asked::before { border-top: 5px solid var(--two); opacity: .5; }
.key.achieved::before, .key.response::before { border-color: var(--one); }
.key.latency::before { border-top: 3px solid var(--two); }
.key.response::before { border-top-style: dashed; }
.key.failed::before { border-top: 2px dotted var(--bad); }
.key.p50::before { border-color: var(--ink); }
.key.p99::before { border-top: 2px dashed var(--two); }
.shades { display: inline-block; }
.shades svg { display: inline-block; width: 6rem; vertical-align: -.1rem; }
svg { width: 100%; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .tick { fill: var(--soft); } svg path { fill: none; }
svg .grid { stroke: var(--line); stroke-width: .7; }
svg .phase { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; }
svg .asked { stroke: var(--two); stroke-width: 5; opacity: .5; }
svg .achieved { stroke: var(--one); stroke-width: 1.7; }
svg .failed { stroke: var(--bad); stroke-width: 1.7; stroke-dasharray: 1.7 2.5; }
svg .latency { stroke: var(--two); stroke-width: 3; }
svg .response { stroke: var(--one); stroke-width: 1.7; stroke-dasharray: 6 3; }
svg .p50 { stroke: var(--ink); stroke-width: 1.3; }
svg .p99 { stroke: var(--two); stroke-width: 1.7; stroke-dasharray: 5 2.5; }
svg circle.value { fill: var(--two); } svg text.value { paint-order: stroke; stroke: var(--page);
  stroke-width: 4; stroke-linejoin: round; font-weight: 600; }
svg .bar { fill: var(--bad); } svg .hint { fill: var(--ink); fill-opacity: 0; }
svg .hint:hover { fill-opacity: .12; }
svg .heat { shape-rendering: crispEdges; }
svg .h0 { fill: rgb(var(--heat) / .2); } svg .h1 { fill: rgb(var(--heat) / .31); }
svg .h2 { fill: rgb(var(--heat) / .42); } svg .h3 { fill: rgb(var(--heat) / .54); }
svg .h4 { fill: rgb(var(--heat) / .65); } svg .h5 { fill: rgb(var(--heat) / .77); }
svg .h6 { fill: rgb(var(--heat) / .88); } svg .h7 { fill: rgb(var(--heat)); }
)css";

constexpr std::string_view kNarrowAndPaper =
    R"css(td.met, td.missed, td.MISSED { font-weight: 600; white-space: nowrap; }
td.kinds { min-width: 11rem; } .kinds span { display: inline-block; margin-right: .7rem; }
@media (max-width: 40rem) { main { padding: .9rem; } svg text { font-size: 16px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: .5rem; } .tiles div { padding: .4rem .6rem; }
  table { font-size: 13px; } td, th { padding: .25rem .4rem; } td.text { min-width: 8rem; } }
@media print { body { font-size: 12px; } main { max-width: none; padding: 0; }
  .tiles { grid-template-columns: repeat(3, 1fr); } .wide { overflow: visible; }
  .verdicts, .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
  svg text { font-size: 16px; }
  .legend, dd.more { font-size: 10px; }
  td, th { padding: .15rem .3rem; } table { font-size: 11px; }
  tbody th, td.text, td.kinds { min-width: 0; }
  .verdict, .tiles div, .charts section, tr { break-inside: avoid; } h2 { break-after: avoid; } }
)css";

}  // namespace

std::string page_style() {
  return fmt::format("{}{}{}{}", page::base_style(), kFigures, page::table_style(),
                     kNarrowAndPaper);
}

}  // namespace pcx::load
