using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.App.Fitting;

/// <summary>Compares a group that was run again with its original: values, files, and what they ran in.</summary>
/// <param name="services">The services of this home.</param>
public sealed class ReproductionCheck(Services services)
{
    /// <summary>Compares a group with the group or run that it repeats.</summary>
    /// <returns>The comparison; null when the group repeats nothing, changed something on purpose, or has not ended.</returns>
    public async Task<Reproduction?> OfAsync(GroupRecord group, IReadOnlyList<RunWithMetrics> runs, CancellationToken cancellationToken)
    {
        if (group.Like is not { } like || runs.Any(run => !run.Run.State.IsFinal())) return null;
        if (await services.Ledger.FindGroupAsync(RunNames.GroupOf(like), cancellationToken) is not { } original) return null;
        if (GivesOthers(original.Spec, group.Spec)) return null;
        var originals = await services.Ledger.ListRunsAsync(original.Id, cancellationToken);
        var pairs = runs.Select(run => (Original: originals.FirstOrDefault(one => one.Run.Repeat == run.Run.Repeat), Run: run))
            .Where(pair => pair.Original is not null).ToList();
        if (pairs.Count == 0) return null;
        var stores = (Original: StoreOf(original), Own: StoreOf(group));
        var notebook = Path.GetExtension(group.Spec.Script) == ".ipynb" ? $"output/{Path.GetFileName(group.Spec.Script)}" : null;
        var compared = new List<ReproducedRun>();
        foreach (var (before, after) in pairs)
        {
            var one = await ReadFilesAsync(stores.Original, before!.Run.Attempt, cancellationToken);
            var other = await ReadFilesAsync(stores.Own, after.Run.Attempt, cancellationToken);
            compared.Add(ReproducedRun.Of(before, after, one is null || other is null ? null : (one, other), notebook));
        }

        var (first, again) = pairs[0];
        return new Reproduction(like, compared)
        {
            Changes = await ChangesAsync(stores.Original, first!.Run.Attempt, stores.Own, again.Run.Attempt, cancellationToken),
        };
    }

    // A changed parameter or variable is meant to change the result.
    private static bool GivesOthers(WorkSpec original, WorkSpec spec) =>
        original.Parameters.GetRawText() != spec.Parameters.GetRawText()
        || !(original.Variables ?? new Dictionary<string, string>()).OrderBy(one => one.Key, StringComparer.Ordinal)
            .SequenceEqual((spec.Variables ?? new Dictionary<string, string>()).OrderBy(one => one.Key, StringComparer.Ordinal));

    private IStore? StoreOf(GroupRecord group) => services.StoreOf(group).Succeeded(out var store, out _) ? store : null;

    private static async Task<IReadOnlyList<ArtifactFile>?> ReadFilesAsync(
        IStore? store, string attempt, CancellationToken cancellationToken)
    {
        var json = await ReadAsync(store, ArtifactManifest.ManifestKey(attempt), cancellationToken);
        return json is null ? null : ArtifactManifest.FromJson(json)?.Files;
    }

    private static async Task<IReadOnlyList<EnvironmentChange>> ChangesAsync(
        IStore? before, string original, IStore? after, string attempt, CancellationToken cancellationToken)
    {
        var was = await ReadEnvironmentAsync(before, original, cancellationToken);
        var now = await ReadEnvironmentAsync(after, attempt, cancellationToken);
        if (was is null || now is null) return [];
        var changes = new List<EnvironmentChange>();
        if (was.Version != now.Version) changes.Add(new EnvironmentChange("interpreter", was.Version, now.Version));
        if (was.Platform != now.Platform) changes.Add(new EnvironmentChange("platform", was.Platform, now.Platform));
        if (was.Processor != now.Processor) changes.Add(new EnvironmentChange("processor", was.Processor, now.Processor));
        if (was.Packages == now.Packages || was.Packages is null || now.Packages is null) return changes;
        var old = await PackagesAsync(before, was.Packages, cancellationToken);
        var packages = await PackagesAsync(after, now.Packages, cancellationToken);
        foreach (var name in old.Keys.Union(packages.Keys).Order(StringComparer.OrdinalIgnoreCase))
        {
            var (one, other) = (old.GetValueOrDefault(name), packages.GetValueOrDefault(name));
            if (one != other) changes.Add(new EnvironmentChange(name, one, other));
        }

        return changes;
    }

    private static async Task<RunEnvironment?> ReadEnvironmentAsync(IStore? store, string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return store is null ? null : (await new AttemptReports(store).ReadAsync(attempt, cancellationToken))?.Environment;
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private static async Task<Dictionary<string, string>> PackagesAsync(IStore? store, string hash, CancellationToken cancellationToken)
    {
        var packages = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var text = await ReadAsync(store, RunEnvironment.PackagesKey(hash), cancellationToken);
        foreach (var line in System.Text.Encoding.UTF8.GetString(text ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = line.IndexOf("==", StringComparison.Ordinal);
            packages[at < 0 ? line : line[..at]] = at < 0 ? "" : line[(at + 2)..];
        }

        return packages;
    }

    private static async Task<byte[]?> ReadAsync(IStore? store, string key, CancellationToken cancellationToken)
    {
        try
        {
            return store is null ? null : await store.ReadAsync(key, cancellationToken);
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
