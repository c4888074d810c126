using System.Collections.Concurrent;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Local;

/// <summary>This machine as a kind of target. Each home folder has one local target for each store.</summary>
/// <param name="home">The home folder, which contains the queue.</param>
/// <param name="machine">This machine's name.</param>
/// <param name="isLedgerHere">
/// True when the home folder also contains the ledger. Then all local runs in it belong to this machine, even after it was renamed.
/// </param>
/// <param name="open">Makes the target for a store.</param>
public sealed class LocalKind(string home, string machine, bool isLedgerHere, Func<IStore, LocalTarget> open) : ITargetKind
{
    private readonly ConcurrentDictionary<string, LocalTarget> _targets = [];

    /// <summary>The word <c>local</c>, and its options.</summary>
    public static TargetKindDeclaration Declaration { get; } = new(TargetSettings.LocalKind,
    [
        new WholeNumberOption("parallel", Min: 1, Max: 10_000, "How many runs at once.", "2")
        {
            Default = "what cores and `resources` allow",
        },
    ]);

    /// <inheritdoc/>
    TargetKindDeclaration ITargetKind.Declaration => Declaration;

    private string Place => PlaceOf(home, machine);

    /// <summary>The target as a group of a home folder records it.</summary>
    public static TargetSpec SpecOf(string home, string machine, TargetSettings settings) =>
        new(Declaration.Kind, PlaceOf(home, machine), settings.ToJson());

    private static string PlaceOf(string home, string machine) => $"{machine}:{home}";

    /// <inheritdoc/>
    public Task<Outcome<TargetSpec>> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<TargetSpec>>(SpecOf(home, machine, settings));

    /// <inheritdoc/>
    public Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken)
    {
        if (!isLedgerHere && spec.Place != Place) return Task.FromResult<ITarget?>(null);
        return Task.FromResult<ITarget?>(_targets.GetOrAdd(store.Url, _ => open(store)));
    }
}
