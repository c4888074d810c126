namespace Tenfold.Agent.Preparation;

/// <summary>Which attempts of this agent used an environment, and when: each of them may have changed it. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class EnvironmentUses(TimeProvider time)
{
    // A change and the beginning of a use are seen by different clocks.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time = time;
    private readonly Dictionary<string, List<Use>> _uses = [];

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
        public ContentChange? FindChange() => EnvironmentContents.FindChange(folder);

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
