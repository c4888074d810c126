using Microsoft.Extensions.Logging;
using Tenfold.Core.Hosts;

namespace Tenfold.Agent;

/// <summary>
/// Cancels the jobs of claimed attempts, many with one call, while other work continues. Safe for several threads at once.
/// </summary>
/// <param name="host">Cancels them. Its errors are logged and then ignored: such a job starts, finds its attempt claimed, and ends.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives events.</param>
internal sealed class JobCanceller(IAgentHost host, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan BatchInterval = TimeSpan.FromSeconds(1), CallTimeout = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _ends = new();
    private readonly Lock _gate = new();
    private readonly List<string> _waiting = [];
    private Task? _working;

    /// <summary>Adds an attempt whose job is to be cancelled.</summary>
    public void Add(string attempt)
    {
        lock (_gate)
        {
            _waiting.Add(attempt);
            _working ??= WorkAsync();
        }
    }

    /// <summary>Cancels what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        Task? working;
        lock (_gate) working = _working;
        if (working is not null) await working;
        _ends.Dispose();
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            await Task.Delay(BatchInterval, time, _ends.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            List<string> batch;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _working = null;
                    return;
                }

                batch = [.. _waiting];
                _waiting.Clear();
            }

            try
            {
                using var timeout = new CancellationTokenSource(CallTimeout, time);
                await host.CancelAsync(batch, timeout.Token);
            }
            catch (Exception e)
            {
                log.SiblingsNotCancelled(batch.Count, e);
            }
        }
    }
}
