using System.Text.Json;
using Tenfold.App.Targets;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>
/// Plans to repeat a run or a group with its code, parameters, data and seeds, whatever the project's folder contains now.
/// </summary>
/// <param name="services">The services of this home.</param>
public sealed class RerunPlanner(Services services)
{
    private static readonly string[] ImportVariables = ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX"];

    /// <summary>Makes the plan. Parameters of the request override those of the original.</summary>
    /// <param name="like">A prefix of a group's or a run's id.</param>
    /// <param name="request">The rest of the request.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The plan; or a refusal: the prefix matches nothing, the snapshot is damaged, or the data has changed.</returns>
    public async Task<Outcome<FitPlan>> PlanAsync(string like, FitRequest request, CancellationToken cancellationToken)
    {
        if (!(await JudgeAsync(like, request, cancellationToken)).Succeeded(out var judged, out var refusal)) return refusal;
        var original = judged.Original;
        var group = original with
        {
            Id = RunNames.NewGroup(),
            CreatedAt = services.Time.GetUtcNow(),
            Host = services.Session.Machine,
            Version = Product.Version,
            Repeat = judged.Runs.Count,
            Like = judged.Id,
            Priority = request.Priority,
            Spec = original.Spec with
            {
                Parameters = JsonDocument.Parse(judged.Parameters.ToJson()).RootElement,
                Metric = judged.Metric,
                Variables = judged.Variables.Count == 0 ? null : judged.Variables,
                Shell = services.RecordShell(),
                ProjectFolders = ProjectFolders.OfRerun(original, services.Session.WorkingFolder, services.ShellFolder),
                Parallel = request.Parallel ?? original.Spec.Parallel,
                UsdPerHour = judged.Cost.UsdPerHour,
                MaxUsd = judged.Cost.MaxUsd,
                User = services.Session.User,
            },
        };
        var live = ProjectFolders.Notes(group.Spec, judged.Files, services.Home);
        var repeated = judged.Runs.Select(run => RunRecord.New(group, run.Repeat, run.Seed));
        string?[] others =
            [judged.Cost.Note, VariableArguments.NotPassed(services, group.Spec.Shell, judged.Variables, original.Spec.Secrets)];
        return new FitPlan(group, [.. repeated], [.. live, .. DifferingVariables(original, group), .. others.OfType<string>()]);
    }

    // Finds everything that is wrong with the request, and reads what the new group repeats.
    private async Task<Outcome<JudgedRerun>> JudgeAsync(string like, FitRequest request, CancellationToken cancellationToken)
    {
        if (request.Script is not null || request.Repeat is not null || request.Vary is not null)
        {
            return Refusal.BadInput(
                "--like takes the code and the repeats from the run or group that it names: leave out the script, --repeat and --vary");
        }

        if (!(await services.Ids.ResolveGroupOrRunAsync(like, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        var original = (await services.Ledger.FindGroupAsync(RunNames.GroupOf(id), cancellationToken))!;
        var runs = await services.Ids.ListRunsAsync(id, cancellationToken);
        var spec = original.Spec;
        if (VariationChoice.Overridden(spec.Variation, request.Parameters) is { } overridden) return overridden;
        var merged = Parameters.FromJson(spec.Parameters.GetRawText()).Override(request.Parameters).ToOutcome();
        if (!merged.Succeeded(out var parameters, out refusal)) return refusal;
        if (CommandCheck.FaultOf(spec.Command, spec.Script, spec.Arguments ?? ArgumentStyle.Separate, parameters) is { } unstartable)
            return unstartable;
        var given = VariableArguments.Merge(services, spec.Variables, request.Variables, spec.Secrets, spec.Resources.Gpus);
        if (!given.Succeeded(out var variables, out refusal)) return refusal;
        if (!MetricChoice.TryRead(request.Metric, spec.Metric, out var metric, out refusal)) return refusal;
        if (!services.StoreOf(original).Succeeded(out var store, out refusal)) return refusal;
        var (manifest, failure) = await new SnapshotReader(store).ReadManifestAsync(spec.Snapshot, cancellationToken);
        if (failure is not null) return Refusal.Damaged(failure.Fault!);
        if (await ChangedDataAsync(original, cancellationToken) is { } changed) return changed;
        if (!(await JudgeTargetAsync(spec, request.MaxUsd ?? spec.MaxUsd, cancellationToken)).Succeeded(out var cost, out refusal))
            return refusal;
        return new JudgedRerun(
            id, original, runs, parameters, metric, variables, cost, [.. manifest!.Files.Select(file => file.Path)]);
    }

    private async Task<Outcome<RerunCost>> JudgeTargetAsync(WorkSpec spec, decimal? maxUsd, CancellationToken cancellationToken)
    {
        if ((await services.Targets.FindAsync(spec, cancellationToken)).Target is not { } target) return new RerunCost(null, maxUsd, null);
        if (await PlannedTarget.CheckAsync(target.Target, spec.Target, spec.Resources, spec.Secrets, cancellationToken) is { } never)
            return never;
        var found = await PriceFinder.FindAsync(target.Target, target.IsLocal, spec.Resources, spec.Target, maxUsd, cancellationToken);
        if (!found.Succeeded(out var price, out var refusal)) return refusal;
        return target.IsLocal ? new RerunCost(null, null, price.Note) : new RerunCost(price.UsdPerHour, maxUsd, price.Note);
    }

    // These variables decide which modules a run imports, and a rerun takes them from the present shell.
    private static IEnumerable<string> DifferingVariables(GroupRecord original, GroupRecord again) =>
        from name in ImportVariables
        let before = original.Spec.Shell.GetValueOrDefault(name)
        let now = again.Spec.Shell.GetValueOrDefault(name)
        where before != now
        select $"{name} was {before ?? "not set"} for {original.Id} and is {now ?? "not set"} in this shell, so results may differ";

    /// <summary>Finds data of a group that has changed since the group was made; null when none has.</summary>
    internal async Task<Refusal?> ChangedDataAsync(GroupRecord original, CancellationToken cancellationToken)
    {
        var pinner = new ChannelPinner(services);
        foreach (var (channel, data) in original.Spec.Data)
        {
            if (await pinner.ChangedAsync(data, cancellationToken) is not { } fault) continue;
            return Refusal.BadInput(
                $"{original.Id} can't be repeated: data channel '{channel}': {fault}. " +
                "Restore the data, or run `tenfold fit` without --like.");
        }

        return null;
    }

    private sealed record JudgedRerun(
        string Id, GroupRecord Original, IReadOnlyList<RunRecord> Runs, Parameters Parameters, MetricSpec? Metric,
        IReadOnlyDictionary<string, string> Variables, RerunCost Cost, IReadOnlyList<string> Files);

    private sealed record RerunCost(decimal? UsdPerHour, decimal? MaxUsd, string? Note);
}
