using Tenfold.App.Storage;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Projects;

namespace Tenfold.App.Targets;

/// <summary>
/// Resolves targets and stores: from a project's settings for new runs, and from a group's record afterwards. Thread-safe.
/// </summary>
/// <param name="kinds">Opens the kinds of target that this program has; called once, when a target is resolved.</param>
/// <param name="stores">Opens stores.</param>
/// <param name="isLedgerHere">
/// True when the ledger is in the home folder. No other machine reads it then, so groups need not record the URL of the home's store.
/// </param>
/// <param name="userHome">The user's home folder, which <c>~/</c> in <c>tenfold.yaml</c> means; empty for none.</param>
/// <param name="time">The clock.</param>
public sealed class TargetResolver(
    Func<IReadOnlyList<ITargetKind>> kinds, StoreOpener stores, bool isLedgerHere, string userHome, TimeProvider time) : ITargetResolver
{
    // A controller resolves the target of every active group in each of its rounds.
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    private readonly Lazy<IReadOnlyList<ITargetKind>> _kinds = new(kinds);
    private readonly RecentlyUsed<TargetKey, ResolvedTarget> _resolved = new(MaxPause, time);

    /// <inheritdoc/>
    public async ValueTask<TargetResolution> FindAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        var resolution = await FindAsync(group.Spec, cancellationToken);
        if (resolution.Target is null) return resolution;
        // A missing folder must not be taken for a store in which no agent has reported.
        return stores.OpenFor(group).Match<TargetResolution>(
            _ => resolution,
            refusal => new ControlFault(
                ControlFaultKind.Store, group.Spec.Store!, $"{refusal.Message}; the machine that can read them controls the runs."));
    }

    /// <inheritdoc/>
    public IStore? StoreOf(GroupRecord group) => stores.OpenFor(group).Match<IStore?>(store => store, _ => null);

    /// <summary>Finds the target that executes the runs of a group or a study.</summary>
    /// <returns>The target; or that another machine or user controls it; or that the record names no store.</returns>
    /// <exception cref="TargetException">The backend can't be reached from here.</exception>
    /// <exception cref="StoreException">The store can't be reached from here.</exception>
    public async ValueTask<TargetResolution> FindAsync(WorkSpec work, CancellationToken cancellationToken)
    {
        stores.Locate(work);
        if (!stores.Open(work.Store).Succeeded(out var store, out var refusal))
            return new ControlFault(ControlFaultKind.Store, work.Store!, refusal.Message);
        var spec = work.Target ?? new TargetSpec(TargetSettings.LocalKind, "", TargetSettings.Local.ToJson());
        var key = new TargetKey(spec.Kind, spec.Place, store.Url, spec.Options.GetRawText());
        if (_resolved.TryGet(key, out var known)) return known;
        var kind = _kinds.Value.FirstOrDefault(kind => kind.Declaration.Kind == spec.Kind);
        var target = kind is null ? null : await kind.OpenAsync(spec, store, cancellationToken);
        // A failure is not cached: the target may become reachable.
        if (target is null) return TargetResolution.ControlledElsewhere;
        var resolved = new ResolvedTarget($"{spec.Kind} {spec.Place}", target, store);
        _resolved.Set(key, resolved);
        return resolved;
    }

    /// <summary>Resolves this machine as a target, once for each store.</summary>
    /// <param name="urls">The stores' URLs; null for the home's store.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<ResolvedTarget>> ListLocalAsync(IEnumerable<string?> urls, CancellationToken cancellationToken)
    {
        var kind = _kinds.Value.First(kind => kind.Declaration.Kind == TargetSettings.LocalKind);
        var found = new List<ResolvedTarget>();
        // An agent couldn't open a store that is refused here, and has reported that.
        foreach (var store in urls.Select(url => stores.Open(url).Match<IStore?>(store => store, _ => null)).OfType<IStore>().Distinct())
        {
            if ((await kind.PlanAsync(TargetSettings.Local, store, cancellationToken)).Succeeded(out var spec, out _)
                && await kind.OpenAsync(spec, store, cancellationToken) is { } target)
                found.Add(new ResolvedTarget($"{spec.Kind} {spec.Place}", target, store));
        }

        return found;
    }

    /// <summary>Says why this machine can't control a group's runs now; null when it can.</summary>
    public async Task<string?> ExplainUnavailableAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        try
        {
            var resolution = await FindAsync(group, cancellationToken);
            return resolution.Fault?.Detail ?? OtherControllerOf(group, resolution);
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// Says which other machine or user controls a group's runs; null when this machine does, or when it can't use the store.
    /// </summary>
    /// <exception cref="TargetException">The backend can't be reached now.</exception>
    /// <exception cref="StoreException">The store can't be reached now.</exception>
    public async Task<string?> FindOtherControllerAsync(GroupRecord group, CancellationToken cancellationToken) =>
        OtherControllerOf(group, await FindAsync(group, cancellationToken));

    private static string? OtherControllerOf(GroupRecord group, TargetResolution resolution) =>
        resolution == TargetResolution.ControlledElsewhere
            ? $"{group.Spec.Target?.Place ?? group.Host} controls {group.Id}: {group.Target} can't be reached from here"
            : null;

    /// <summary>The URL of the store that a project names; null when it names none.</summary>
    public string? StoreUrl(LocatedProject? located) =>
        located?.Project.Store is not { } location ? null
            : location.IsS3 ? location.Text
            : location.PathFrom(located.Folder, userHome);

    /// <summary>Plans where new runs execute.</summary>
    /// <param name="located">The project; null outside a project.</param>
    /// <param name="on">The target's name; null for this machine.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The planned target; or a refusal: there is no such target, its backend gives no answer, or it can't be used with the project's
    /// store.
    /// </returns>
    /// <exception cref="StoreException">The project's store can't be opened.</exception>
    public async Task<Outcome<PlannedTarget>> PlanNewAsync(LocatedProject? located, string? on, CancellationToken cancellationToken)
    {
        try
        {
            var planned = await PlanAsync(located, on, cancellationToken);
            return planned.Succeeded(out _, out var refusal) ? planned : refusal.ForNewWork();
        }
        catch (TargetException e)
        {
            return Refusal.Unavailable($"{e.MessageForNewWork} Nothing was recorded or submitted.");
        }
    }

    /// <summary>Plans where a project's runs execute.</summary>
    /// <param name="located">The project; null outside a project.</param>
    /// <param name="on">The target's name; null for this machine.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The planned target; or a refusal: there is no such target, its options are wrong, it can't be used with the project's store, or it
    /// is not available from this machine.
    /// </returns>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    /// <exception cref="StoreException">The project's store can't be opened.</exception>
    public async Task<Outcome<PlannedTarget>> PlanAsync(LocatedProject? located, string? on, CancellationToken cancellationToken)
    {
        var name = on ?? TargetSettings.LocalKind;
        var targets = located?.Project.Targets ?? new Dictionary<string, TargetSettings>();
        if (!targets.TryGetValue(name, out var settings))
        {
            if (name != TargetSettings.LocalKind)
            {
                var known = string.Join(", ", targets.Keys.Prepend(TargetSettings.LocalKind).Distinct());
                return Refusal.BadInput($"--on {on}: there is no such target; the project has {known}");
            }

            settings = TargetSettings.Local;
        }

        settings = settings with { Name = name };
        // A project that names an unknown kind is refused when it is read.
        var kind = _kinds.Value.First(kind => kind.Declaration.Kind == settings.Kind);
        if (!TargetFiles.Read(kind.Declaration, settings, located?.Folder).Succeeded(out var whole, out var refusal)) return refusal;
        settings = whole;
        var url = StoreUrl(located);
        if (url is null && kind is IProvidesStore provider
            && !(await provider.FindStoreAsync(settings, cancellationToken)).Succeeded(out url, out refusal))
            return refusal;
        url ??= isLedgerHere ? null : stores.Home.Url;
        stores.Locate(url, settings.Text("region"));
        if (!stores.Open(url).Succeeded(out var store, out refusal)) return refusal;
        if (!(await kind.PlanAsync(settings, store, cancellationToken)).Succeeded(out var spec, out refusal)) return refusal;
        if (await kind.OpenAsync(spec, store, cancellationToken) is not { } target)
            return Refusal.Unavailable($"--on {name}: {spec.Place} can't be reached from here");
        return new PlannedTarget(name, settings, spec, url, store, target);
    }

    private sealed record TargetKey(string Kind, string Place, string Store, string Options);
}

/// <summary>Where new runs will execute.</summary>
/// <param name="Name">The target's name in <c>tenfold.yaml</c>, or <c>local</c>.</param>
/// <param name="Settings">The target's settings.</param>
/// <param name="Spec">The target as the group records it.</param>
/// <param name="StoreUrl">The store's URL as the group records it; null for the home's store.</param>
/// <param name="Store">The store.</param>
/// <param name="Target">The target.</param>
public sealed record PlannedTarget(
    string Name, TargetSettings Settings, TargetSpec Spec, string? StoreUrl, IStore Store, ITarget Target)
{
    /// <summary>True for this machine.</summary>
    public bool IsLocal => Settings.IsLocal;

    /// <summary>Checks, before anything is recorded, whether a target can ever start runs.</summary>
    /// <param name="target">The target.</param>
    /// <param name="spec">The target as the group records it; null for this machine.</param>
    /// <param name="resources">What each run needs.</param>
    /// <param name="secrets">The names of the runs' secrets.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when nothing is known to be in the way.</returns>
    public static async Task<Refusal?> CheckAsync(
        ITarget target, TargetSpec? spec, ResourceSpec resources, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        if (target is not IChecksWork checks || spec is null) return null;
        try
        {
            return (await checks.RefuseAsync(resources, secrets, spec, cancellationToken))?.ForNewWork();
        }
        catch (TargetException e)
        {
            return Refusal.Unavailable($"{e.MessageForNewWork} Nothing was recorded or submitted.");
        }
    }
}
