namespace Tenfold.Reports.Groups;

/// <summary>The report's style sheet.</summary>
/// <remarks>
/// Colours are after Okabe and Ito's palette for colour-blind readers, darkened for white paper and lightened for dark screens until each
/// has a contrast of at least 3 to 1 as a mark. The sheet stands in an XML file, so it holds none of the signs that XML would escape.
/// </remarks>
public static class ReportStyle
{
    /// <summary>The style sheet of a report.</summary>
    public const string Sheet = """

        :root { color-scheme: light dark; --page: #f6f6f4; --card: #ffffff; --ink: #1b1d21; --soft: #5a606b; --line: #e4e4e0; --axis: #9aa0aa;
          --c0: #0067a8; --c1: #c04a00; --c2: #007a58; --c3: #9c3a78; --c4: #8a6100; --c5: #4d5662; --good: #00694c; --bad: #b3261e; --warn: #8a5a00; --mark: #fff3d6; }
        @media (prefers-color-scheme: dark) { :root { --page: #14161a; --card: #1d2026; --ink: #eceef1; --soft: #a4abb6; --line: #31363f; --axis: #6d7581;
          --c0: #5db4f2; --c1: #ff9257; --c2: #45cfa2; --c3: #eda0cd; --c4: #efbc45; --c5: #bcc4cf; --good: #4fd6a9; --bad: #ff8f86; --warn: #f0bd55; --mark: #3a3220; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
        main { max-width: 1040px; margin: 0 auto; padding: 32px 24px 24px; }
        h1 { font-size: 28px; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 18px; margin: 36px 0 12px; overflow-wrap: anywhere; }
        p { margin: 0 0 8px; overflow-wrap: anywhere; }
        .kicker { color: var(--soft); font-size: 12px; letter-spacing: .08em; text-transform: uppercase; margin: 0 0 4px; }
        .lead { color: var(--soft); margin: 6px 0 18px; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px 20px; margin: 0 0 12px; }
        .note { color: var(--soft); font-size: 13px; margin: 8px 0 12px; overflow-wrap: anywhere; }
        .g0 { --c: var(--c0); } .g1 { --c: var(--c1); } .g2 { --c: var(--c2); } .g3 { --c: var(--c3); } .g4 { --c: var(--c4); } .g5 { --c: var(--c5); }
        .verdict { border-left: 4px solid var(--c); }
        .sentence { font-size: 17px; line-height: 1.45; margin: 0 0 12px; }
        .sentence b { color: var(--c); } .card .note:last-child { margin-bottom: 0; }
        .badge { display: inline-block; border: 1.5px solid currentColor; border-radius: 99px; padding: 0 10px; margin-right: 6px; font-size: 13px; font-weight: 700; line-height: 22px; color: var(--soft); white-space: nowrap; }
        .better .badge { color: var(--good); } .worse .badge { color: var(--bad); }
        .facts { display: flex; flex-wrap: wrap; gap: 10px 28px; margin: 0; }
        .facts dt { color: var(--soft); font-size: 12px; } .facts dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
        .headline dd { font-size: 17px; }
        .notes { margin: 12px 0 0; padding: 10px 0 0 18px; border-top: 1px solid var(--line); font-size: 14px; overflow-wrap: anywhere; }
        .warnings { border-left: 4px solid var(--warn); padding-left: 36px; overflow-wrap: anywhere; } .warnings li { margin: 2px 0; }
        figure { margin: 0; } svg { display: block; overflow: visible; } svg text { fill: var(--soft); font-size: 12px; } svg .axis-title { font-size: 12px; fill: var(--ink); }
        .plot { position: relative; padding: 6px 16px 4px; }
        .strip { padding: 0 26px; }
        .row-head { position: absolute; left: 26px; right: 26px; font-size: 13px; line-height: 19px; pointer-events: none; }
        .row-head div { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .row-head b { color: var(--c); font-size: 14px; } .row-head span { color: var(--soft); }
        .row-head b, .row-head span { background: var(--card); padding-right: 6px; pointer-events: auto; }
        .grid { stroke: var(--line); } .axis { stroke: var(--axis); } .zero { stroke: var(--ink); stroke-width: 1.25; stroke-dasharray: 5 3; }
        .pair { stroke: var(--axis); stroke-width: 1; stroke-opacity: .55; } .pair.many { stroke-opacity: .22; }
        .dot { fill: var(--c); fill-opacity: .78; stroke: var(--card); stroke-width: .75; } .ring { fill: var(--card); stroke: var(--c); stroke-width: 2; } .ring.open { stroke-dasharray: 2 2; }
        .cross { fill: none; stroke: var(--c); stroke-width: 2; stroke-linecap: round; }
        .dot:hover, .ring:hover { stroke: var(--ink); stroke-width: 2; }
        .bar { stroke: var(--c); stroke-width: 2.5; } .mean { stroke: var(--c); stroke-width: 1; stroke-opacity: .45; } .diamond { fill: var(--card); stroke: var(--c); stroke-width: 2.25; }
        .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(290px, 100%), 1fr)); gap: 14px 22px; } .panels.one { grid-template-columns: 1fr; }
        .panel { min-width: 0; } .panel figcaption { font-size: 13px; color: var(--soft); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .panel b { color: var(--ink); font-size: 14px; }
        .lines path { vector-effect: non-scaling-stroke; fill: none; } .lines .run { stroke: var(--c); stroke-width: 1; stroke-opacity: .4; } .lines .run.few { stroke-width: 1.75; stroke-opacity: .9; } .lines .run.many { stroke-opacity: .16; } .lines .run.crowd { stroke-opacity: .05; } .lines .run:hover { stroke-opacity: 1; stroke-width: 2.5; }
        .lines .band { fill: var(--c); fill-opacity: .17; pointer-events: none; } .lines .halo { stroke: var(--card); stroke-width: 4.5; stroke-opacity: .7; pointer-events: none; } .lines .mean-line { stroke: var(--c); stroke-width: 2.5; pointer-events: none; } .lines .second { stroke-dasharray: 6 3; }
        .lines { overflow: hidden; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 10px; padding: 0; font-size: 14px; }
        .legend li { max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .legend li::before { content: ""; display: inline-block; width: 20px; border-top: 3px solid var(--c); vertical-align: middle; margin-right: 7px; } .legend .second::before { border-top-style: dashed; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 13.5px; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); } tbody tr:last-child th, tbody tr:last-child td { border-bottom: 0; }
        thead th { color: var(--soft); font-weight: 600; font-size: 12px; white-space: nowrap; } thead th.swatch { white-space: normal; color: var(--ink); font-size: 13px; overflow-wrap: anywhere; }
        .side th[scope=row] { width: 1%; min-width: 110px; max-width: 260px; color: var(--soft); font-weight: 500; overflow-wrap: anywhere; padding-right: 20px; } .side td { min-width: 140px; overflow-wrap: anywhere; }
        .differs th, .differs td { background: var(--mark); } .differs th[scope=row] { color: var(--ink); font-weight: 700; } .differs td { font-weight: 600; }
        .number { white-space: nowrap; } .code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12.5px; white-space: nowrap; }
        .reason { min-width: 160px; max-width: 420px; overflow-wrap: anywhere; white-space: pre-wrap; } .out .number { color: var(--soft); } .several { font-weight: 700; }
        .failed, .cancelled { color: var(--bad); font-weight: 600; } .running, .queued { color: var(--warn); font-weight: 600; }
        .metrics th[scope=rowgroup] { overflow-wrap: anywhere; min-width: 118px; max-width: 240px; padding-right: 16px; } .metrics .swatch { min-width: 170px; } .metrics tbody tr:last-child th { border-bottom: 1px solid var(--line); } .metrics tbody:last-child th, .metrics tbody:last-child tr:last-child td { border-bottom: 0; } .metrics tbody tr:last-child td { border-bottom: 1px solid var(--line); } .swatch { overflow-wrap: anywhere; min-width: 120px; } .swatch::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 5px; background: var(--c); margin-right: 6px; }
        summary { cursor: pointer; overflow-wrap: anywhere; } summary b { color: var(--c); } details[open] summary { margin-bottom: 8px; }
        footer { color: var(--soft); font-size: 12px; margin: 32px 0 0; }
        @media (max-width: 560px) { main { padding: 18px 12px; } .card { padding: 12px; } .strip { padding: 0 18px; } .row-head { left: 18px; right: 18px; } .warnings { padding-left: 28px; } h1 { font-size: 23px; } .sentence { font-size: 16px; } svg text { font-size: 11px; } }
        @media print { :root { color-scheme: light; --page: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --line: #d8d8d8; --axis: #888888;
          --c0: #0067a8; --c1: #c04a00; --c2: #007a58; --c3: #9c3a78; --c4: #8a6100; --c5: #4d5662; --good: #00694c; --bad: #b3261e; --warn: #8a5a00; --mark: #fff3d6; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } body { font-size: 11pt; } main { max-width: none; padding: 0; } .scroll { overflow: visible; } .panels { grid-template-columns: repeat(2, 1fr); }
          figure, .verdict, .panel, tr { break-inside: avoid; } h2 { break-after: avoid; } details::details-content { content-visibility: visible; block-size: auto; } .code, .number { white-space: normal; } .side td, .swatch, .reason { min-width: 0; } }

        """;
}
