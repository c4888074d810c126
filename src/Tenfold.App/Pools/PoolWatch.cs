using Microsoft.Extensions.Logging;
using Tenfold.Core.Pools;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.App.Pools;

/// <summary>
/// Watches the instances of every pool to which this home has submitted runs, for a server. It says what changes, and stops what is on for
/// nothing. The control loop starts instances.
/// </summary>
/// <param name="services">The services of this home.</param>
/// <param name="notices">Announces changes.</param>
/// <param name="logger">Where it logs.</param>
public sealed class PoolWatch(Services services, PoolNotices notices, ILogger<PoolWatch> logger)
{
    // The cloud's clock may be behind this machine's.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly DateTimeOffset _since = services.Time.GetUtcNow() - ClockSkew;
    private readonly Dictionary<InstanceList, InstanceWatchdog> _watchdogs = [];
    private readonly Dictionary<(string Region, string Id), (InstanceState State, WatchFinding Finding)> _before = [];

    /// <summary>Runs one round. What fails for one pool does not keep it from the others.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await RecordLiveAsync(cancellationToken);
        var lists = services.PoolCloud.Book.Read();
        foreach (var gone in _watchdogs.Keys.Except(lists).ToList()) _watchdogs.Remove(gone);
        foreach (var list in lists)
        {
            try
            {
                await WatchAsync(list, cancellationToken);
            }
            catch (Exception e) when (e is TargetException or StoreException)
            {
                logger.PoolNotWatched(list.Pool, list.Region, e);
            }
        }

        await notices.SendAsync(cancellationToken);
    }

    // Another server may have submitted them, and have been lost.
    private async Task RecordLiveAsync(CancellationToken cancellationToken)
    {
        foreach (var group in (await services.Ledger.ListLiveAttemptsAsync(cancellationToken)).GroupBy(live => live.Group.Id))
        {
            var first = group.First();
            if (first.Group.Spec.Target?.Kind != PoolKind.Declaration.Kind || !first.IsOwn) continue;
            if (services.Stores.Open(first.Group.Spec.Store).Succeeded(out var store, out _)
                && PoolKind.FindList(first.Group.Spec, store.Url) is { } list)
                await services.PoolCloud.Book.RecordAsync(list, cancellationToken);
        }
    }

    private async Task WatchAsync(InstanceList list, CancellationToken cancellationToken)
    {
        if (!_watchdogs.TryGetValue(list, out var watchdog))
        {
            if (!services.Stores.Open(list.Store).Succeeded(out var store, out var refusal))
            {
                logger.PoolStoreRefused(list.Pool, list.Region, refusal.Message);
                return;
            }

            watchdog = new InstanceWatchdog(list, store, services.PoolCloud.Open(list.Region), services.Time);
            _watchdogs[list] = watchdog;
        }

        foreach (var one in (await watchdog.RunAsync(cancellationToken)).Instances)
        {
            var key = (list.Region, one.Instance.Id);
            var isKnown = _before.TryGetValue(key, out var before);
            _before[key] = (one.Instance.State, one.Finding);
            if (one.Words.Length > 0 && (!isKnown || before.Finding != one.Finding))
            {
                logger.InstanceLooked(list.Pool, one.Words);
                if (one.Finding != WatchFinding.Suspect) notices.Add(list.Pool, one.Words);
            }
            else if (WordsOf(isKnown ? before.State : StateBefore(one.Instance), one.Instance) is { } words)
            {
                logger.InstanceLooked(list.Pool, words);
                notices.Add(list.Pool, words);
            }
        }
    }

    // An instance that is seen for the first time was off before if it has been started since this watch began.
    private InstanceState StateBefore(PoolInstance now) => now.StartedAt >= _since ? InstanceState.Stopped : now.State;

    private static string? WordsOf(InstanceState before, PoolInstance now) => (IsOn(before), IsOn(now.State)) switch
    {
        (false, true) => $"{now.Id}{(now.Type.Length > 0 ? $" ({now.Type})" : "")} starts",
        (true, false) => $"{now.Id} has stopped",
        _ => null,
    };

    private static bool IsOn(InstanceState state) => state is InstanceState.Starting or InstanceState.Running;
}
