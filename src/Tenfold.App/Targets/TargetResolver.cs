using Tenfold.App.Storage;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Projects;

namespace Tenfold.App.Targets;

/// <summary>Where runs execute and where their files lie: found from a project's settings, and again from a group's record.</summary>
/// <param name="kinds">The kinds of target that this program has.</param>
/// <param name="stores">Opens stores.</param>
/// <param name="isLedgerHere">True when the ledger lies in the home: then nobody else reads it, and the home's store needs no name.</param>
public sealed class TargetResolver(IReadOnlyList<ITargetKind> kinds, StoreOpener stores, bool isLedgerHere) : ITargetResolver
{
    private readonly Dictionary<(string Kind, string Place, string Store, string Options), ResolvedTarget> _found = [];

    /// <inheritdoc/>
    public async ValueTask<ResolvedTarget?> FindAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        if (await FindAsync(group.Spec, cancellationToken) is not { } reached) return null;
        // A folder that this machine does not have must not be read as one in which no agent has reported.
        return stores.IsHere(group) ? reached : throw new StoreException($"{StoreOpener.WhereIs(group)}; machines that see it look after its runs.");
    }

    /// <inheritdoc/>
    public IStore? StoreOf(GroupRecord group) => stores.IsHere(group) ? stores.At(group.Spec.Store) : null;

    /// <summary>The place of what a group or a study runs.</summary>
    public async ValueTask<ResolvedTarget?> FindAsync(WorkSpec work, CancellationToken cancellationToken)
    {
        var store = stores.At(work.Store);
        var spec = work.Target ?? new TargetSpec(TargetSettings.LocalKind, "", TargetSettings.Local.ToJson());
        var key = (spec.Kind, spec.Place, store.Url, spec.Options.GetRawText());
        if (_found.TryGetValue(key, out var known)) return known;
        var kind = kinds.FirstOrDefault(kind => kind.Declaration.Word == spec.Kind);
        var target = kind is null ? null : await kind.OpenAsync(spec, store, cancellationToken);
        // What can't be reached now is not remembered: it may be later.
        return target is null ? null : _found[key] = new ResolvedTarget($"{spec.Kind} {spec.Place}", target, store);
    }

    /// <summary>This machine with the stores in which its queue's runs report, also those of which no ledger knows.</summary>
    /// <param name="urls">Their URLs; null for the home's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<ResolvedTarget>> HereAsync(IEnumerable<string?> urls, CancellationToken cancellationToken)
    {
        var kind = kinds.First(kind => kind.Declaration.Word == TargetSettings.LocalKind);
        var found = new List<ResolvedTarget>();
        foreach (var store in urls.Select(OpenStore).OfType<IStore>().Distinct())
        {
            var spec = await kind.PlanAsync(TargetSettings.Local, store, cancellationToken);
            if (await kind.OpenAsync(spec, store, cancellationToken) is { } target) found.Add(new ResolvedTarget($"{spec.Kind} {spec.Place}", target, store));
        }

        return found;
    }

    /// <summary>Who looks after a group's runs, when it is not this machine and user; null when it is.</summary>
    public async Task<string?> OtherAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        try
        {
            return await ElsewhereAsync(group, cancellationToken);
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return e.Message;
        }
    }

    /// <summary>The same, of another machine or user alone.</summary>
    /// <exception cref="TargetException">Its backend can't be reached just now.</exception>
    /// <exception cref="StoreException">Its store can't be reached just now.</exception>
    public async Task<string?> ElsewhereAsync(GroupRecord group, CancellationToken cancellationToken) =>
        await FindAsync(group, cancellationToken) is null ? $"{group.Spec.Target?.Place ?? group.Host} looks after it: {group.Target} is not reached from here" : null;

    /// <summary>The URL of the store that a project names; null when it names none.</summary>
    public static string? StoreUrl(LocatedProject? located) => located?.Project.Store is not { } where ? null : where.IsS3 ? where.Text : where.PathFrom(located.Folder);

    /// <summary>Fixes where runs that are about to be recorded execute.</summary>
    /// <inheritdoc cref="PlanAsync"/>
    public async Task<PlannedTarget> PlanNewAsync(LocatedProject? located, string? on, CancellationToken cancellationToken)
    {
        try
        {
            return await PlanAsync(located, on, cancellationToken);
        }
        catch (TargetException e)
        {
            // What its target says of jobs that are out is true; but of these there are none yet, and nobody comes back to them.
            throw new TargetException($"{e.Message.Replace("; it is tried again", "", StringComparison.Ordinal)} Nothing was recorded or submitted.", e);
        }
    }

    /// <summary>Fixes where a project's runs execute.</summary>
    /// <param name="located">The project; null outside one.</param>
    /// <param name="on">The target's name; null for this machine.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">There is no such target, or it is not available.</exception>
    public async Task<PlannedTarget> PlanAsync(LocatedProject? located, string? on, CancellationToken cancellationToken)
    {
        var url = StoreUrl(located) ?? (isLedgerHere ? null : stores.Home.Url);
        var name = on ?? TargetSettings.LocalKind;
        var targets = located?.Project.Targets ?? new Dictionary<string, TargetSettings>();
        if (!targets.TryGetValue(name, out var settings))
        {
            settings = name == TargetSettings.LocalKind ? TargetSettings.Local : throw new CommandException(
                ExitCodes.BadInput, $"--on {on}: there is no such target; there are: {string.Join(", ", targets.Keys.Prepend(TargetSettings.LocalKind).Distinct())}");
        }

        // The project was read with the declarations of these kinds.
        var kind = kinds.First(kind => kind.Declaration.Word == settings.Kind);
        var store = stores.At(url);
        var spec = await kind.PlanAsync(settings, store, cancellationToken);
        var target = await kind.OpenAsync(spec, store, cancellationToken)
            ?? throw new CommandException(ExitCodes.Unavailable, $"--on {name}: {spec.Place} is not reached from here");
        return new PlannedTarget(name, settings, spec, url, store, target);
    }

    // Null: its agent could not open it either, and has said so.
    private IStore? OpenStore(string? url)
    {
        try
        {
            return stores.At(url);
        }
        catch (StoreException)
        {
            return null;
        }
    }
}

/// <summary>Where runs are about to execute.</summary>
/// <param name="Name">The target's name.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Spec">What the group records of it.</param>
/// <param name="StoreUrl">The store's URL, as the group records it; null for the home's.</param>
/// <param name="Store">The store.</param>
/// <param name="Target">The target.</param>
public sealed record PlannedTarget(string Name, TargetSettings Settings, TargetSpec Spec, string? StoreUrl, IStore Store, ITarget Target)
{
    /// <summary>True for this machine.</summary>
    public bool IsHere => Settings.IsLocal;
}
