using System.Collections.Concurrent;
using System.ComponentModel;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Rest;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm;

/// <summary>The kind <c>slurm</c>: a cluster that is used through Slurm's commands or through slurmrestd.</summary>
/// <param name="bundle">Brings the agent to the nodes.</param>
/// <param name="session">The user whose jobs these are.</param>
/// <param name="secrets">The secrets that this host has: those of runs, and <c>SLURM_JWT</c>.</param>
/// <param name="time">The clock.</param>
public sealed class SlurmKind(IAgentBundle bundle, UserSession session, SecretSource secrets, TimeProvider time) : ITargetKind
{
    // slurmctld may be busy for a while on a large cluster. Its MessageTimeout is 10 s, and the commands retry by themselves.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, ISlurm> _clusters = [];
    private readonly ConcurrentDictionary<TargetKey, SlurmTarget> _targets = [];

    /// <summary>The word <c>slurm</c>, and its options.</summary>
    public static TargetKindDeclaration Declaration => SlurmOptions.Declaration;

    /// <inheritdoc/>
    TargetKindDeclaration ITargetKind.Declaration => Declaration;

    /// <inheritdoc/>
    public async Task<Outcome<TargetSpec>> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken)
    {
        var options = SlurmOptions.From(settings);
        if (FaultsOf(options, store.Url) is { Count: > 0 } faults) return Refusal.BadInput(faults);
        var slurm = Cluster(options);
        var facts = await slurm.GetFactsAsync(cancellationToken);
        if (options.Partition is { } partition)
        {
            var known = (await slurm.ListPartitionsAsync(cancellationToken)).Select(known => known.Name).ToList();
            if (partition.Split(',').Except(known).ToList() is { Count: > 0 } unknown)
                return Refusal.BadInput(
                    $"the cluster {facts.Cluster} has no partition '{string.Join("' and no partition '", unknown)}'. " +
                    $"It has {string.Join(", ", known)}: change `partition`.");
        }

        return new TargetSpec(Declaration.Kind, facts.Place, settings.ToJson());
    }

    /// <inheritdoc/>
    public async Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken)
    {
        var options = SlurmOptions.From(TargetSettings.From(spec));
        if (options.Rest is { } rest && (RestConnection.FaultOf(rest) ?? RefuseToken(rest)) is { } refusal)
            throw new TargetException(refusal) { Meanwhile = SlurmCommands.Meanwhile };
        var slurm = Cluster(options);
        if (await GetFactsAsync(slurm, spec, cancellationToken) is not { } facts) return null;
        // The queue of another user or cluster says nothing about these runs: if it is empty, they must not count as ended.
        return facts.Is(spec.Place)
            ? _targets.GetOrAdd(new TargetKey(slurm, store.Url), _ => new SlurmTarget(slurm, store, bundle, session, secrets, time))
            : null;
    }

    private List<string> FaultsOf(SlurmOptions options, string store)
    {
        var faults = new List<string>();
        if (options.Rest is { } rest)
        {
            if (options.Arguments.Count > 0)
                faults.Add("`arguments` are for sbatch, which is not used with `rest`: remove one of the two.");
            if ((RestConnection.FaultOf(rest) ?? RefuseToken(rest)) is { } fault) faults.Add(fault);
        }
        else
        {
            faults.AddRange(ArgumentRules.FaultsOf(options.Arguments));
        }

        if (options.Folder is { } folder && !Path.IsPathRooted(folder))
            faults.Add($"`folder` must be an absolute path that is valid on all nodes: '{folder}' is relative.");
        if (!OutputFolder.Find(options, store, session.HomeFolder).Succeeded(out _, out var refusal)) faults.Add(refusal.Message);
        return faults;
    }

    // A machine without Slurm's commands is in charge of no cluster. If the runs are the user's own, that is a fault to report.
    private async Task<ClusterFacts?> GetFactsAsync(ISlurm slurm, TargetSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            return await slurm.GetFactsAsync(cancellationToken);
        }
        catch (TargetException e)
            when (e.InnerException is Win32Exception && !spec.Place.StartsWith($"{session.User}@", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private ISlurm Cluster(SlurmOptions options) => _clusters.GetOrAdd(options.Rest ?? "", Connect);

    // The address comes from a project or from the ledger, so it gets the token only if the user has set it elsewhere, too.
    private string? RefuseToken(string rest) =>
        secrets(SlurmToken.Name) is null ? null : session.Addresses.Refuse(SlurmToken.Name, rest);

    private ISlurm Connect(string rest) => rest.Length > 0
        ? SlurmRest.Open(rest, session.User, Timeout, time, () => RefuseToken(rest) is null ? secrets(SlurmToken.Name) : null)
        : new SlurmCommands(
            new CommandRunner(() => CommandRunner.ReadEnvironment(session.Environment, secrets), Timeout, time), session.User, time);

    private sealed record TargetKey(ISlurm Cluster, string Store);
}
