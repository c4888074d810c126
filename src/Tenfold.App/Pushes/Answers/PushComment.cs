using System.Text;
using Tenfold.Core.Output;
using Tenfold.Core.Pushes;
using Tenfold.Core.Results;
using Tenfold.Reports.Text;

namespace Tenfold.App.Pushes.Answers;

/// <summary>Writes the comment on a pull request.</summary>
internal static class PushComment
{
    /// <summary>The hidden first line, by which the comment is found again.</summary>
    public const string Mark = "<!-- tenfold: the verdict on this pull request -->";

    // GitHub answers 422 to more than 65,536.
    private const int MaxLength = 60_000, Width = 76;

    /// <summary>Writes it.</summary>
    /// <param name="push">The push.</param>
    /// <param name="pages">The host's pages, to which commits are linked; null for no links.</param>
    /// <param name="comparisons">The comparison of each project that has one, by the project's folder.</param>
    /// <param name="costs">What the runs of each project cost, in words; by the project's folder.</param>
    public static string Write(
        PushRecord push, HostPages? pages, IReadOnlyDictionary<string, GroupComparison> comparisons,
        IReadOnlyDictionary<string, string> costs)
    {
        var text = new StringBuilder().Append(Mark).Append("\n### Tenfold\n");
        foreach (var project in push.Projects)
        {
            var name = project.Folder.Length == 0 ? "" : $"{Code(project.Folder)}: ";
            var state = project.Outcome switch
            {
                null => $"the runs of {Code(project.Group ?? "")} are not over",
                PushOutcome.Success => "passed",
                PushOutcome.Failure => "**failed**",
                _ => project.Group is null ? "**could not run**" : "**could not be judged**",
            };
            text.Append($"\n{name}{state}, commit {Commit(push.Commit, pages)}");
            if (project.BaselineCommit is { } commit) text.Append($", compared with {Commit(commit, pages)}");
            text.Append('\n');
            if (project.Outcome is not null && project.Detail is { } detail) text.Append('\n').Append(Block(detail));
            if (project.Notice is { } notice) text.Append($"\n{Cell(notice)}\n");
            if (comparisons.TryGetValue(project.Folder, out var comparison)) Write(text, comparison);
            if (costs.TryGetValue(project.Folder, out var cost)) text.Append($"\n{cost}\n");
            if (project is { Group: { } group, Baseline: { } baseline }) text.Append($"\n{Code($"tenfold compare {baseline} {group}")}\n");
            else if (project.Group is { } only) text.Append($"\n{Code($"tenfold show {only}")}\n");
        }

        return text.Length <= MaxLength ? text.ToString() : text.ToString(0, MaxLength);
    }

    private static void Write(StringBuilder text, GroupComparison comparison)
    {
        var candidate = comparison.Candidates[0].Comparison;
        StripGroup[] strips = [new("base", candidate.Baseline), new("this", candidate.Candidate)];
        text.Append('\n').Append(Block(string.Join('\n', ValueStrip.Compare(strips, Width))));
        text.Append("\n| | |\n|---|---|\n");
        text.Append($"| n | {candidate.Candidate?.N ?? 0} and {candidate.Baseline?.N ?? 0} |\n");
        foreach (var (fact, value) in VerdictText.Facts(candidate, isFamily: false)) text.Append($"| {fact} | {Cell(value)} |\n");
    }

    private static string Commit(string hash, HostPages? pages)
    {
        var name = Code(hash[..Math.Min(10, hash.Length)]);
        return pages is null ? name : $"[{name}]({pages.Commit(hash)})";
    }

    // Nothing that a run printed may end the block, or mention somebody.
    private static string Block(string text) =>
        $"```text\n{PlainText.Of(text).Replace("```", "'''", StringComparison.Ordinal)}\n```\n";

    private static string Code(string text) => $"`{PlainText.Of(text).Replace('`', '\'').ReplaceLineEndings(" ")}`";

    private static string Cell(string text) => PlainText.Of(text).Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
