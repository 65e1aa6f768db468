#include "kpi/report_style.h"

#include <string_view>

#include <fmt/format.h>

#include "page/style.h"

namespace pcx::kpi {

namespace {

constexpr std::string_view kCards = R"css(
header p, section > p { max-width: 60rem; }
section { border-top: 1px solid var(--line); padding-top: 1.25rem; }
h2 { font-size: 1.25rem; margin: 0; } h3 { font-size: .95rem; font-weight: 600; margin: 0; }
a { color: var(--one); }
.cards { display: grid; gap: .9rem; margin: 1rem 0;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
.cards.wide-ones { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
article { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem .9rem;
  display: flex; flex-direction: column; min-width: 0; }
.figure { font-size: 1.75rem; font-weight: 600; line-height: 1.25; margin: 0;
  font-variant-numeric: tabular-nums; }
.figure.no_data, .figure.not_kept { color: var(--soft); font-weight: 400; font-style: italic; }
.figure.failed { color: var(--bad); } .figure.failed::before { content: "\2717\a0"; }
.flag { align-self: flex-start; color: var(--fair); border: 1px solid currentcolor;
  border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; font-weight: 600; }
article .soft { font-size: .85rem; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; margin: .5rem 0 .3rem; }
svg text { font: 12px system-ui, sans-serif; paint-order: stroke; stroke: var(--page);
  stroke-width: 4; stroke-linejoin: round; }
svg .tick { fill: var(--soft); } svg path { fill: none; }
svg .past { fill: var(--soft); fill-opacity: .6; } svg .now, svg .point { fill: var(--one); }
svg .gap { fill: var(--fair); }
svg .base { stroke: var(--soft); stroke-width: 1; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .course { stroke: var(--one); stroke-width: 2; stroke-linejoin: round; }
dl { margin: .3rem 0 0; font-size: .85rem; }
dl div { display: flex; flex-wrap: wrap; gap: 0 .6rem; justify-content: space-between; }
dt { color: var(--soft); } dd { margin: 0; font-variant-numeric: tabular-nums; }
.good { color: var(--good); } .bad { color: var(--bad); } dd small { font-size: inherit; }
.parts { font-size: .85rem; margin: .5rem 0 0; overflow-wrap: anywhere; }
.parts span { display: inline-block; margin-right: .7rem; }
details { margin-top: .5rem; } summary { cursor: pointer; color: var(--soft); }
.meanings dt { color: var(--ink); font-weight: 600; margin-top: .6rem; }
)css";

constexpr std::string_view kNarrowAndPaper = R"css(
@media (max-width: 40rem) { main { padding: .9rem; } svg text { font-size: 16px; }
  table { font-size: 13px; }
  .cards { gap: .6rem; } }
@media print { svg text { font-size: 16px; } body { font-size: 12px; }
  main { max-width: none; padding: 0; }
  .cards { grid-template-columns: repeat(3, 1fr); gap: .5rem; }
  .cards.wide-ones { grid-template-columns: repeat(2, 1fr); }
  .wide { overflow: visible; } table { font-size: 9px; } td, th { padding: .1rem .25rem; }
  article, tr { break-inside: avoid; } h2 { break-after: avoid; } nav { display: none; } }
)css";

}  // namespace

std::string report_style() {
  return fmt::format("{}{}{}{}", page::base_style(), kCards, page::table_style(), kNarrowAndPaper);
}

}  // namespace pcx::kpi
