namespace Tenfold.Agent;

/// <summary>Asks a backend to drop jobs, many with one call, while other work goes on. Safe for several threads at once.</summary>
/// <param name="drop">The call; null for none. What it throws is passed over: such jobs end by themselves.</param>
/// <param name="time">The clock.</param>
internal sealed class JobCanceller(Func<IReadOnlyList<string>, CancellationToken, Task>? drop, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Gathers = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _ends = new();
    private readonly Lock _gate = new();
    private readonly List<string> _waiting = [];
    private Task? _working;

    /// <summary>Adds an attempt whose job is to be dropped.</summary>
    public void Add(string attempt)
    {
        if (drop is null) return;
        lock (_gate)
        {
            _waiting.Add(attempt);
            _working ??= WorkAsync(drop);
        }
    }

    /// <summary>Asks for the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        Task? working;
        lock (_gate) working = _working;
        if (working is not null) await working;
        _ends.Dispose();
    }

    private async Task WorkAsync(Func<IReadOnlyList<string>, CancellationToken, Task> ask)
    {
        while (true)
        {
            await Task.Delay(Gathers, time, _ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            List<string> some;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _working = null;
                    return;
                }

                some = [.. _waiting];
                _waiting.Clear();
            }

            try
            {
                using var bound = new CancellationTokenSource(Patience, time);
                await ask(some, bound.Token);
            }
            catch (Exception)
            {
                // They will start, find their attempts claimed, and end.
            }
        }
    }
}
