using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>
/// Plans to repeat a run or a group: with its code, parameters, data and seeds, whatever the project's folder contains by now.
/// </summary>
/// <param name="services">The services of this home.</param>
public sealed class RerunPlanner(Services services)
{
    private static readonly string[] Deciding = ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX"];

    /// <summary>Makes the plan. Parameters of the request change only themselves.</summary>
    /// <param name="like">The beginning of a group's or a run's id.</param>
    /// <param name="request">The rest of the request.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The plan; or a refusal: nothing has that id, its snapshot is damaged, or its data has changed.</returns>
    public async Task<Outcome<FitPlan>> PlanAsync(string like, FitRequest request, CancellationToken cancellationToken)
    {
        if (request.Script is not null || request.Repeat is not null)
            return Refusal.BadInput(
                "--like takes the code and the repeats from the run or group it names: leave out the script and --repeat");
        if (!(await services.Ids.GroupOrRunAsync(like, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        var original = (await services.Ledger.GroupAsync(RunNames.GroupOf(id), cancellationToken))!;
        var runs = await services.Ids.RunsOfAsync(id, cancellationToken);
        var merged = Parameters.FromJson(original.Spec.Parameters.GetRawText()).Override(request.Parameters).ToOutcome();
        if (!merged.Succeeded(out var parameters, out refusal)) return refusal;
        if (!MetricChoice.TryRead(request.Metric, original.Spec.Metric, out var metric, out refusal)) return refusal;
        if (!services.StoreOf(original).Succeeded(out var store, out refusal)) return refusal;
        var (manifest, failure) = await new SnapshotReader(store).ReadManifestAsync(original.Spec.Snapshot, cancellationToken);
        if (failure is not null) return Refusal.Damaged(failure.Fault!);
        if (await ChangedDataAsync(original, cancellationToken) is { } changed) return changed;
        var group = original with
        {
            Id = RunNames.NewGroup(),
            CreatedAt = services.Time.GetUtcNow(),
            Host = Environment.MachineName,
            Version = Product.Version,
            Repeat = runs.Count,
            Like = id,
            Spec = original.Spec with
            {
                Parameters = JsonDocument.Parse(parameters.ToJson()).RootElement,
                Metric = metric,
                Shell = ShellVariables.ToRecord(Environment.GetEnvironmentVariables()),
                ProjectFolders = ProjectFolders.OfRerun(original),
                Parallel = request.Parallel ?? original.Spec.Parallel,
            },
        };
        var live = ProjectFolders.Notes(group.Spec, manifest!.Files.Select(file => file.Path), services.Home);
        return new FitPlan(group, [.. runs.Select(run => RunRecord.New(group, run.Repeat, run.Seed))], [.. live, .. Differing(original, group)]);
    }

    // What a run imports may come from the shell, and the shell's variables are not part of what is pinned.
    private static IEnumerable<string> Differing(GroupRecord original, GroupRecord again) =>
        from name in Deciding
        let before = original.Spec.Shell.GetValueOrDefault(name)
        let now = again.Spec.Shell.GetValueOrDefault(name)
        where before != now
        select $"{name} was {before ?? "not set"} for {original.Id} and is {now ?? "not set"} in this shell: the values may differ for that";

    private async Task<Refusal?> ChangedDataAsync(GroupRecord original, CancellationToken cancellationToken)
    {
        var pinner = new ChannelPinner(services);
        foreach (var (channel, data) in original.Spec.Data)
        {
            if (await pinner.ChangedAsync(data, cancellationToken) is not { } fault) continue;
            return Refusal.BadInput(
                $"{original.Id} can't be done again: data channel '{channel}': {fault}. Bring the data back, or " +
                "start anew with `tenfold fit`.");
        }

        return null;
    }
}
