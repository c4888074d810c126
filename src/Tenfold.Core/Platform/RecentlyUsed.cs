using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Tenfold.Core.Platform;

/// <summary>
/// A map that forgets entries which nobody has used for a while. So it does not grow in a process that lives for months. Thread-safe.
/// </summary>
/// <typeparam name="TKey">The type of keys.</typeparam>
/// <typeparam name="TValue">The type of values.</typeparam>
/// <param name="lifetime">How long an unused entry stays at least. It is gone after twice that time, once another entry is set.</param>
/// <param name="time">The clock.</param>
public sealed class RecentlyUsed<TKey, TValue>(TimeSpan lifetime, TimeProvider time)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = [];
    private long _sweptAt = time.GetTimestamp();

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Gets a value. That counts as a use.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!_entries.TryGetValue(key, out var entry)) return false;
        value = entry.Value;
        entry.Use(time.GetTimestamp());
        return true;
    }

    /// <summary>Sets a value.</summary>
    public void Set(TKey key, TValue value)
    {
        _entries[key] = new Entry(value, time.GetTimestamp());
        Sweep();
    }

    /// <summary>Removes an entry.</summary>
    /// <returns>False when there was none.</returns>
    public bool Remove(TKey key) => _entries.TryRemove(key, out _);

    // Only a new entry can make the map grow, so only that sweeps it.
    private void Sweep()
    {
        var sweptAt = Volatile.Read(ref _sweptAt);
        if (time.GetElapsedTime(sweptAt) < lifetime) return;
        if (Interlocked.CompareExchange(ref _sweptAt, time.GetTimestamp(), sweptAt) != sweptAt) return;
        foreach (var (key, entry) in _entries)
            if (time.GetElapsedTime(entry.UsedAt) >= lifetime) _entries.TryRemove(key, out _);
    }

    private sealed class Entry(TValue value, long usedAt)
    {
        private long _usedAt = usedAt;

        public TValue Value => value;

        public long UsedAt => Volatile.Read(ref _usedAt);

        public void Use(long at) => Volatile.Write(ref _usedAt, at);
    }
}
