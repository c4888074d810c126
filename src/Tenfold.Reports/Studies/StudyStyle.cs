using Tenfold.Reports.Pages;

namespace Tenfold.Reports.Studies;

/// <summary>The style rules that a study's report needs in addition to <see cref="ReportStyle"/>: <c>study.css</c>.</summary>
/// <remarks>
/// The seven colours from worst to best follow viridis (van der Walt and Smith 2015). Its lightness grows evenly, so the order is visible
/// without seeing hues. On white paper the best colour is the darkest, on a dark screen the lightest.
/// </remarks>
public static class StudyStyle
{
    /// <summary>The style rules.</summary>
    public static string Sheet { get; } = ReportStyle.Read("study.css");
}
