using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Numerics.Tuning;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>Plans to do a run or a group again: the same code, parameters, data and seeds, whatever lies in the project's folder by now.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RerunPlanner(Services services)
{
    /// <summary>Makes the plan. Parameters given with <c>-p</c> change just those.</summary>
    public async Task<FitPlan> PlanAsync(string like, FitRequest request, CancellationToken cancellationToken)
    {
        if (request.Script is not null || request.Repeat is not null)
            throw new CommandException(ExitCodes.BadInput, "--like takes code and repeats from what it does again; leave the script and --repeat away");
        var id = await services.Ids.GroupOrRunAsync(like, cancellationToken);
        var original = (await services.Ledger.GroupAsync(RunNames.GroupOf(id), cancellationToken))!;
        var runs = await services.Ids.RunsAsync(id, cancellationToken);
        var parameters = Parameters.FromJson(original.Spec.Parameters.GetRawText()).Override(request.Parameters)
            .Match(merged => merged, faults => throw FitPlanner.Faulty(faults));
        var (_, failure) = await new SnapshotReader(services.StoreOf(original)).ReadManifestAsync(original.Spec.Snapshot, cancellationToken);
        if (failure is not null) throw new CommandException(ExitCodes.Damaged, failure.Fault!);
        await CheckDataAsync(original, cancellationToken);
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
                Metric = MetricChoice.From(request.Metric, original.Spec.Metric),
                Shell = ShellVariables.ToRecord(),
                Parallel = request.Parallel ?? original.Spec.Parallel,
            },
        };
        return new FitPlan(group, [.. runs.Select(run => RunRecord.New(group, run.Repeat, run.Seed))], []);
    }

    private async Task CheckDataAsync(GroupRecord original, CancellationToken cancellationToken)
    {
        var pins = new ChannelPinner(services);
        foreach (var (channel, data) in original.Spec.Data)
            if (await pins.ChangedAsync(data, cancellationToken) is { } fault)
                throw new CommandException(ExitCodes.BadInput, $"{original.Id} can't be done again: data channel '{channel}': {fault}. Bring the data back, or start anew with `tenfold fit`.");
    }
}
