using System.Text.Json;
using Tenfold.Core.Pools;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Pools;

/// <summary>Shows in the store that this machine serves a pool, and learns from there when it should stop.</summary>
/// <param name="settings">The store, the clock and the interval.</param>
/// <param name="pool">The pool.</param>
/// <param name="read">Says what the machine is and does now.</param>
internal sealed class PoolPresence(AgentSettings settings, string pool, Func<PoolMachine> read)
{
    // A beat that hangs for longer than a machine may be silent would make the machine seem offline. The next one may succeed.
    private static readonly TimeSpan BeatLimit = TimeSpan.FromSeconds(20);

    private readonly string _session = read().Session;
    private volatile bool _isAskedToDrain;

    /// <summary>True once <c>tenfold pool drain</c> has asked this agent to end.</summary>
    public bool IsAskedToDrain => _isAskedToDrain;

    /// <summary>Writes the record, and reads the mark, until cancelled. What fails is tried again after the interval.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(settings.Heartbeat, settings.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await BeatAsync(cancellationToken);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    // Whatever it is: without signs of life the machine's runs would be stopped and started elsewhere.
                    settings.Log.PoolMachineNotShown(pool, e);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The agent ends.
        }
    }

    /// <summary>Writes the record and reads the mark once.</summary>
    /// <exception cref="StoreException">The store can't be read or written, or takes too long.</exception>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(BeatLimit, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Not every store notices the token while it waits for the network.
            await WriteAsync(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new StoreException($"{settings.Store.Url} did not answer within {BeatLimit.TotalSeconds} s", e);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(read(), PoolJson.Default.PoolMachine);
        await settings.Store.WriteAsync(PoolKeys.Machine(pool, _session), json, cancellationToken);
        if (await settings.Store.ExistsAsync(PoolKeys.DrainMark(pool, _session), cancellationToken)) _isAskedToDrain = true;
    }
}
