using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Studies;

/// <summary>What a study's report needs beyond <see cref="ReportStyle"/>.</summary>
/// <remarks>
/// The seven colours from worst to best follow viridis (van der Walt and Smith 2015), whose lightness grows evenly, so that their order is
/// seen without seeing hues; on white paper the best is darkest, on a dark screen lightest.
/// </remarks>
public static class StudyStyle
{
    /// <summary>The style rules that only a study's report needs.</summary>
    public const string Sheet = """

        :root { --r0: #dccf5e; --r1: #a3c557; --r2: #5fb06a; --r3: #2f9080; --r4: #2d6f8e; --r5: #3b4a86; --r6: #3c1361; --chosen: #e0480a; --work: #74acd6; --again: #10406b; --early: #ecc97a; --fault: #c1301f; }
        @media (prefers-color-scheme: dark) { :root { --r0: #51427f; --r1: #47609f; --r2: #33849f; --r3: #2fa692; --r4: #67c276; --r5: #b2d955; --r6: #fbe94f; --chosen: #ff8a4a; --work: #3f82b4; --again: #bfe0f8; --early: #80651f; --fault: #ff7a68; } }
        .r0 { --c: var(--r0); } .r1 { --c: var(--r1); } .r2 { --c: var(--r2); } .r3 { --c: var(--r3); } .r4 { --c: var(--r4); } .r5 { --c: var(--r5); } .r6 { --c: var(--r6); } .bad { --c: var(--bad); }
        .answer { border-left: 4px solid var(--c0); } .answer .sentence b { color: var(--c0); } .badge.good { color: var(--good); }
        .settings-title { color: var(--soft); font-size: 12px; margin: 14px 0 4px; } .settings { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; }
        .settings div { display: flex; max-width: 100%; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; font-size: 13.5px; } .settings dt { background: var(--page); color: var(--soft); padding: 3px 8px; overflow-wrap: anywhere; } .settings dd { margin: 0; padding: 3px 9px; font-weight: 600; overflow-wrap: anywhere; }
        .how { margin-top: 14px; padding-top: 12px; border-top: 1px solid var(--line); }
        h2 + .note { margin-top: -6px; font-size: 14px; }
        .panels.small { grid-template-columns: repeat(auto-fill, minmax(min(270px, 100%), 1fr)); } .panels.wide { grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr)); } .panel .plot { padding-right: 18px; }
        .dot.faint { fill-opacity: .5; stroke-width: .5; } .ring.thin { stroke-width: 1.25; fill: none; } .chosen-halo { fill: none; stroke: var(--card); stroke-width: 6; stroke-opacity: .75; pointer-events: none; } .chosen { fill: none; stroke: var(--chosen); stroke-width: 2.75; }
        .lines .step { stroke: var(--c0); stroke-width: 2.25; } .lines .confirmed { stroke: var(--c2); stroke-width: 1.75; stroke-dasharray: 6 4; }
        .lines .band.g1 { fill-opacity: .2; } .lines .model { stroke: var(--c1); stroke-width: 2; } .expected .middle { stroke: var(--c1); stroke-width: 2.5; } .expected .off { stroke-dasharray: 4 3; } .expected .spread { stroke: var(--c1); stroke-width: 7; stroke-opacity: .28; }
        .ramp { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; font-size: 13px; color: var(--soft); margin: 0 0 10px; } .swatches { display: inline-flex; border: 1px solid var(--line); } .swatches i { width: 22px; height: 11px; background: var(--c); }
        .best-key { margin-left: 14px; } .best-key::before { content: ""; display: inline-block; width: 9px; height: 9px; border: 2.75px solid var(--chosen); border-radius: 9px; vertical-align: -1px; margin-right: 6px; }
        .parallel { padding: 4px 0; } .lines .trial { stroke: var(--c); stroke-width: 1.5; stroke-opacity: .85; } .lines .trial.many { stroke-width: 1.25; stroke-opacity: .7; } .lines .trial.crowd { stroke-width: 1; stroke-opacity: .5; } .lines .trial.without { stroke: var(--axis); stroke-dasharray: 3 4; stroke-width: 1; stroke-opacity: .45; } .lines .trial:hover { stroke-width: 3; stroke-opacity: 1; }
        .lines .best-line { stroke: var(--chosen); stroke-width: 3; } .best-dot { fill: var(--chosen); stroke: var(--card); stroke-width: 1.5; }
        .axis.strong { stroke: var(--ink); stroke-opacity: .55; } svg .name { font-weight: 600; } svg text.over { paint-order: stroke; stroke: var(--card); stroke-width: 3.5px; stroke-linejoin: round; fill: var(--ink); font-size: 11.5px; pointer-events: none; } svg text.tick { font-size: 11.5px; }
        .map-title { font-size: 14px; margin: 0 0 8px; } .lines .cell { fill: var(--c); stroke: none; shape-rendering: crispEdges; } .map-dot { fill: var(--c); stroke: var(--card); stroke-width: 1.5; paint-order: stroke; }
        .levels { list-style: none; display: flex; flex-wrap: wrap; margin: 0 0 10px; padding: 0; font-size: 12px; color: var(--soft); } .levels li { min-width: 58px; padding-right: 6px; } .levels li::before { content: ""; display: block; height: 11px; background: var(--c); margin: 0 -6px 3px 0; } .levels .key { padding: 0 0 0 16px; font-size: 13px; } .levels .key::before { display: inline-block; width: 9px; height: 9px; background: none; border: 2.75px solid var(--chosen); border-radius: 9px; margin: 0 6px 0 0; vertical-align: -1px; }
        .part { fill: var(--c); } .part.total { fill-opacity: .32; }
        .work { fill: var(--work); stroke: var(--card); stroke-width: 1; } .lines .work { stroke: none; fill: var(--work); } .work.pruned, .lines .work.pruned { fill: var(--early); } .work.failed, .lines .work.failed { fill: var(--fault); } .work.other, .lines .work.other { fill: var(--axis); } .work.running { fill: none; stroke: var(--c5); stroke-width: 1.5; stroke-dasharray: 3 2; } .lines .work.running { fill: var(--line); } .work.confirmation, .lines .work.confirmation { fill: var(--again); } rect.work:hover { stroke: var(--ink); stroke-width: 1.5; }
        .legend.bars li { font-weight: 400; color: var(--ink); } .legend.bars li::before { width: 16px; height: 10px; border: 0; border-radius: 2px; background: var(--work); vertical-align: -1px; } .legend.bars .pruned::before { background: var(--early); } .legend.bars .failed::before { background: var(--fault); } .legend.bars .other::before { background: var(--axis); } .legend.bars .running::before { background: none; border: 1.5px dashed var(--c5); } .legend.bars .confirmation::before { background: var(--again); }
        .trials .reason { min-width: 210px; max-width: 280px; font-size: 12.5px; } .trials .reason b { font-weight: 600; } .trials .setting { overflow-wrap: anywhere; min-width: 60px; max-width: 180px; } .pruned { color: var(--warn); font-weight: 600; } .lost { color: var(--bad); font-weight: 600; } .trials .completed { color: var(--soft); }
        .plain dd { font-weight: 400; font-size: 13.5px; } .early { --c: var(--c4); stroke-width: 1.5; stroke-linecap: butt; } .wrap { white-space: pre-wrap; overflow-wrap: anywhere; } .facts + .note, figure + .facts { margin: 0 0 12px; }
        @media (max-width: 560px) { .swatches i { width: 15px; } .levels li { min-width: 0; width: 14.2%; font-size: 10.5px; } .levels .key { width: auto; padding: 4px 0 0; } }
        @media print { :root { --r0: #dccf5e; --r1: #a3c557; --r2: #5fb06a; --r3: #2f9080; --r4: #2d6f8e; --r5: #3b4a86; --r6: #3c1361; --chosen: #e0480a; --work: #74acd6; --again: #10406b; --early: #ecc97a; --fault: #c1301f; } .panels.wide, .panels.small { grid-template-columns: repeat(2, 1fr); } }

        """;
}
