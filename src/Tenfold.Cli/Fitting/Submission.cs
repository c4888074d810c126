using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Projects;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Cli.Fitting;

/// <summary>What would be handed to a target, for <c>--dry-run</c>.</summary>
internal static class Submission
{
    private const int MaxRuns = 3;

    /// <summary>In the target's own words where it has some, else the runs' commands.</summary>
    public static async Task<string> DescribeAsync(Workplace place, GroupRecord group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken)
    {
        var reached = await place.Places.FindAsync(group, cancellationToken);
        if (reached?.Target is not IDescribesStart describes) return Commands(group, runs);
        var ledger = await place.Ledger.IdAsync(cancellationToken);
        var assignments = runs.Select(run => new Assignment
        {
            Ledger = ledger,
            Group = group.Id,
            CreatedAt = group.CreatedAt,
            Repeat = run.Repeat,
            Seed = run.Seed,
            Spec = group.Spec,
        });
        return $"{(await describes.DescribeAsync([.. assignments], cancellationToken)).TrimEnd()}\n\neach runs\n{Commands(group, runs)}";
    }

    private static string Commands(GroupRecord group, IReadOnlyList<RunRecord> runs)
    {
        var lines = runs.Take(MaxRuns).Select(run => $"  {run.Id}: {Command(group.Spec, run)}");
        return string.Join('\n', runs.Count > MaxRuns ? lines.Append($"  and {runs.Count - MaxRuns} more, with the other seeds") : lines);
    }

    private static string Command(WorkSpec spec, RunRecord run)
    {
        if (spec.Command is not { } command) return $"{spec.Script} with the seed {run.Seed}";
        return CommandTemplate.Parse(command).Render(Parameters.FromJson(spec.Parameters.GetRawText()), run.Seed, run.Repeat, run.Id)
            .Match(rendered => rendered, faults => string.Join("; ", faults));
    }
}
