namespace Tenfold.Agent.Preparation;

/// <summary>Which attempts of this agent used an environment, and when: each of them may have changed it. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class EnvironmentUses(TimeProvider time)
{
    // To examine thousands of files takes a tenth of a second. Short runs follow each other within this time, and the first of them
    // that ends examines the files again.
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(5);

    // A change and the beginning of a use are seen by different clocks.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time = time;
    private readonly Dictionary<string, List<Use>> _uses = [];
    private readonly Dictionary<string, long> _unchanged = [];

    /// <summary>Finds what was changed in an environment, unless it was found unchanged a moment ago.</summary>
    /// <param name="folder">The environment.</param>
    /// <param name="isFinal">True to examine it in any case.</param>
    public ContentChange? FindChange(string folder, bool isFinal)
    {
        lock (_gate)
            if (!isFinal && _unchanged.TryGetValue(folder, out var at) && _time.GetElapsedTime(at) < Trusted) return null;
        var examinedAt = _time.GetTimestamp();
        var change = EnvironmentContents.FindChange(folder);
        lock (_gate)
        {
            if (change is null) _unchanged[folder] = examinedAt;
            else _unchanged.Remove(folder);
        }

        return change;
    }

    /// <summary>Notes a use, which ends when the result is disposed of.</summary>
    /// <param name="folder">The environment.</param>
    /// <param name="run">The run that uses it.</param>
    public Use Begin(string folder, string run)
    {
        var use = new Use(this, folder, run, _time.GetUtcNow());
        lock (_gate)
        {
            if (!_uses.TryGetValue(folder, out var uses)) _uses[folder] = uses = [];
            uses.Add(use);
        }

        return use;
    }

    /// <summary>A use of an environment.</summary>
    internal sealed class Use(EnvironmentUses owner, string folder, string run, DateTimeOffset since) : IDisposable
    {
        private DateTimeOffset? _until;

        /// <summary>Finds what was changed in the environment.</summary>
        public ContentChange? FindChange() => owner.FindChange(folder, isFinal: true);

        /// <summary>The other runs that used the environment at a time, in the order of their names.</summary>
        /// <param name="at">The time; null for any time of this use.</param>
        public IReadOnlyList<string> OthersAt(DateTimeOffset? at)
        {
            lock (owner._gate)
            {
                return [.. owner._uses[folder].Where(other => other != this && other.Overlaps(at ?? since, at)).Select(other => other.Run)
                    .Distinct().Order(StringComparer.Ordinal)];
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (owner._gate)
            {
                _until = owner._time.GetUtcNow();
                // Those that have ended may explain a change that another one finds later.
                if (owner._uses.TryGetValue(folder, out var uses) && uses.All(use => use._until is not null)) owner._uses.Remove(folder);
            }
        }

        private string Run => run;

        private bool Overlaps(DateTimeOffset from, DateTimeOffset? to) =>
            (to is null || since <= to + Leeway) && (_until is null || _until >= from - Leeway);
    }
}
