using System.Collections.Concurrent;
using System.ComponentModel;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Rest;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm;

/// <summary>The kind <c>slurm</c>: a cluster that is reached by Slurm's commands or by slurmrestd.</summary>
/// <param name="bundle">Brings the agent to the nodes.</param>
/// <param name="time">The clock.</param>
public sealed class SlurmKind(IAgentBundle bundle, TimeProvider time) : ITargetKind
{
    // slurmctld may be busy for a while on a large cluster; its own MessageTimeout is 10 s, and the commands try again by themselves.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, ISlurm> _clusters = [];
    private readonly ConcurrentDictionary<(ISlurm Cluster, string Store), SlurmTarget> _targets = [];

    /// <summary>The word <c>slurm</c>, and its options.</summary>
    public static TargetKindDeclaration Declaration => SlurmOptions.Declaration;

    /// <inheritdoc/>
    TargetKindDeclaration ITargetKind.Declaration => Declaration;

    /// <inheritdoc/>
    public async Task<TargetSpec> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken)
    {
        var options = SlurmOptions.From(settings);
        if (options.Rest is not null && options.Arguments.Count > 0)
            throw new TargetException("`arguments` are sbatch's, and with `rest` it is not used: remove one of the two.");
        if (ArgumentRules.Refuse(options.Arguments) is { } refusal) throw new TargetException(refusal);
        if (options.Folder is { } folder && !Path.IsPathRooted(folder))
            throw new TargetException($"`folder` must be an absolute path, the same on all nodes: '{folder}' is not.");
        OutputFolder.Of(options, store.Url, OutputFolder.Home);
        var slurm = Cluster(options);
        var facts = await slurm.GetFactsAsync(cancellationToken);
        if (options.Partition is { } partition)
        {
            var known = (await slurm.ListPartitionsAsync(cancellationToken)).Select(known => known.Name).ToList();
            foreach (var name in partition.Split(',').Except(known))
            {
                var names = string.Join(", ", known);
                throw new TargetException(
                    $"the cluster {facts.Cluster} has no partition '{name}'; it has {names} (`sinfo` tells more). Change `partition`.");
            }
        }

        return new TargetSpec(Declaration.Word, facts.Place, settings.ToJson());
    }

    /// <inheritdoc/>
    public async Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken)
    {
        var slurm = Cluster(SlurmOptions.From(TargetSettings.From(spec)));
        if (await GetFactsAsync(slurm, spec, cancellationToken) is not { } facts) return null;
        // An empty queue of another user, or of another cluster, must never mean that nothing is left.
        return facts.Is(spec.Place) ? _targets.GetOrAdd((slurm, store.Url), _ => new SlurmTarget(slurm, store, bundle, time)) : null;
    }

    // A machine without Slurm's commands looks after no cluster; but of a user's own runs that must be said.
    private static async Task<ClusterFacts?> GetFactsAsync(ISlurm slurm, TargetSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            return await slurm.GetFactsAsync(cancellationToken);
        }
        catch (TargetException e)
            when (e.InnerException is Win32Exception && !spec.Place.StartsWith($"{Environment.UserName}@", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private ISlurm Cluster(SlurmOptions options) => _clusters.GetOrAdd(options.Rest ?? "", Connect);

    private ISlurm Connect(string rest) => rest.Length > 0
        ? SlurmRest.Open(rest, Patience, time, () => Environment.GetEnvironmentVariable("SLURM_JWT"))
        : new SlurmCommands(new CommandRunner(CommandRunner.ReadEnvironment, Patience, time), Environment.UserName, time);
}
