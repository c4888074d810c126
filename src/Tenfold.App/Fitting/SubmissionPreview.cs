using Tenfold.Core.Attempts;
using Tenfold.Core.Commands;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.App.Fitting;

/// <summary>Describes what would be submitted to a target, for <c>--dry-run</c>.</summary>
public static class SubmissionPreview
{
    private const int MaxRuns = 3;

    /// <summary>The submission as the target describes it, and the runs' commands; or a refusal: the runs could never start.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="groups">The groups that would be submitted together: at least one, all with the same target and store.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<Outcome<string>> DescribeAsync(
        Services services, IReadOnlyList<PlannedGroup> groups, CancellationToken cancellationToken)
    {
        var commands = string.Join('\n', groups.Select(planned => Commands(planned.Group, planned.Runs)));
        var resolved = await services.Targets.FindAsync(groups[0].Group, cancellationToken);
        if (resolved.Target?.Target is not IDescribesStart describes) return commands;
        var ledger = await services.Ledger.ReadIdAsync(cancellationToken);
        var assignments = groups.SelectMany(planned => planned.Runs.Select(run => new Assignment
        {
            Ledger = ledger,
            Group = planned.Group.Id,
            CreatedAt = planned.Group.CreatedAt,
            Repeat = run.Repeat,
            Seed = run.Seed,
            Spec = planned.Group.SpecOf(run.Repeat),
        }));
        return (await describes.DescribeAsync([.. assignments], cancellationToken)).Match<Outcome<string>>(
            submission => $"{submission.TrimEnd()}\n\neach runs\n{commands}", refusal => refusal);
    }

    private static string Commands(GroupRecord group, IReadOnlyList<RunRecord> runs)
    {
        var lines = runs.Take(MaxRuns).Select(run => $"  {run.Id}: {Command(group.SpecOf(run.Repeat), run)}");
        var what = group.Spec.Variation is null ? "seeds" : "draws";
        return string.Join('\n', runs.Count > MaxRuns ? lines.Append($"  and {runs.Count - MaxRuns} more with other {what}") : lines);
    }

    private static string Command(WorkSpec spec, RunRecord run)
    {
        if (spec.Command is not { } command) return $"{spec.Script} with the seed {run.Seed}";
        return CommandTemplate.Parse(command).Render(Parameters.FromJson(spec.Parameters.GetRawText()), run.Seed, run.Repeat, run.Id)
            .Match(rendered => rendered, faults => string.Join("; ", faults));
    }
}
