using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tenfold.Core.Store;

namespace Tenfold.Core.Pools;

/// <summary>Finds which machines serve a pool now, and which have fallen silent.</summary>
/// <param name="store">The store.</param>
/// <param name="pool">The pool.</param>
/// <remarks>
/// A record is as old as the store says, and the store is also asked what time it is: so no two clocks are ever compared, and a machine or
/// a controller whose clock is wrong changes nothing.
/// </remarks>
public sealed class PoolRoster(IStore store, string pool)
{
    /// <summary>A machine without a sign of life for longer than this is offline. Agents write one every 5 to 15 s.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(90);

    // What an instance left behind counts for this long.
    private static readonly TimeSpan LeavingLifetime = TimeSpan.FromHours(1);

    // Records of machines that never came back.
    private static readonly TimeSpan RecordLifetime = TimeSpan.FromDays(7);

    /// <summary>Lists the agents that have a record: each session, and for how long it has given no sign of life.</summary>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<IReadOnlyDictionary<string, TimeSpan>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = await store.ListAsync(PoolKeys.Machines(pool), cancellationToken).ToListAsync(cancellationToken);
        if (entries.Count == 0) return new Dictionary<string, TimeSpan>();
        var now = await ReadClockAsync(cancellationToken);
        return entries.ToDictionary(entry => entry.Key[(entry.Key.LastIndexOf('/') + 1)..], entry => now - entry.ModifiedAt);
    }

    /// <summary>Reads the machines, ordered by their names.</summary>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<IReadOnlyList<SeenMachine>> ReadAsync(CancellationToken cancellationToken)
    {
        var machines = new List<SeenMachine>();
        foreach (var (session, silentFor) in await ListAsync(cancellationToken))
            if (await ReadAsync(PoolKeys.Machine(pool, session), PoolJson.Default.PoolMachine, cancellationToken) is { } machine)
                machines.Add(new SeenMachine(machine, silentFor));
        return [.. machines.OrderBy(machine => machine.Machine.Machine, StringComparer.Ordinal)];
    }

    /// <summary>Reads the record of an agent.</summary>
    /// <returns>The record; null when there is none, or a newer version wrote it.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public Task<PoolMachine?> FindAsync(string session, CancellationToken cancellationToken) =>
        ReadAsync(PoolKeys.Machine(pool, session), PoolJson.Default.PoolMachine, cancellationToken);

    /// <summary>Removes the records of machines that have been offline for a week.</summary>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task ForgetOldAsync(CancellationToken cancellationToken)
    {
        foreach (var (session, silentFor) in await ListAsync(cancellationToken))
            if (silentFor > RecordLifetime) await RemoveAsync(session, cancellationToken);
    }

    /// <summary>Removes an agent's record and its drain mark.</summary>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public async Task RemoveAsync(string session, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(PoolKeys.Machine(pool, session), cancellationToken);
        await store.DeleteAsync(PoolKeys.DrainMark(pool, session), cancellationToken);
    }

    /// <summary>Records that an instance stops.</summary>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public Task WriteLeavingAsync(PoolLeaving leaving, CancellationToken cancellationToken) => store.WriteAsync(
        PoolKeys.Leaving(pool, leaving.Instance), JsonSerializer.SerializeToUtf8Bytes(leaving, PoolJson.Default.PoolLeaving),
        cancellationToken);

    /// <summary>Reads what instances left behind within the last hour, by the store's clock.</summary>
    /// <returns>By the instance's id. What is older says little: its owner may have changed the machine.</returns>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<IReadOnlyDictionary<string, PoolLeaving>> ReadLeavingsAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, PoolLeaving>();
        var entries = await store.ListAsync(PoolKeys.Leavings(pool), cancellationToken).ToListAsync(cancellationToken);
        if (entries.Count == 0) return found;
        var now = await ReadClockAsync(cancellationToken);
        foreach (var entry in entries.Where(entry => now - entry.ModifiedAt < LeavingLifetime))
        {
            if (await ReadAsync(entry.Key, PoolJson.Default.PoolLeaving, cancellationToken) is { } leaving)
                found[leaving.Instance] = leaving with { At = entry.ModifiedAt };
        }

        return found;
    }

    /// <summary>What time it is at the store.</summary>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken)
    {
        var key = PoolKeys.Clock(pool);
        await store.WriteAsync(key, ReadOnlyMemory<byte>.Empty, cancellationToken);
        await foreach (var entry in store.ListAsync(key[..(key.LastIndexOf('/') + 1)], cancellationToken))
            if (entry.Key == key) return entry.ModifiedAt;
        throw new StoreException($"{store.Url} does not list {key}, which was just written");
    }

    private async Task<T?> ReadAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        try
        {
            var read = await store.ReadAsync(key, cancellationToken) is { } json ? JsonSerializer.Deserialize(json, type) : null;
            var machine = read as PoolMachine ?? (read as PoolLeaving)?.Machine;
            return machine is { IsPossible: false } ? null : read;
        }
        catch (JsonException)
        {
            return null; // A newer version may write records that this one can't read.
        }
    }
}

/// <summary>A machine of a pool, as the store shows it.</summary>
/// <param name="Machine">What its agent reported last.</param>
/// <param name="SilentFor">How long ago that was, by the store's clock.</param>
public sealed record SeenMachine(PoolMachine Machine, TimeSpan SilentFor)
{
    /// <summary>True while the agent gives signs of life.</summary>
    public bool IsOnline => SilentFor <= PoolRoster.Silence;

    /// <summary>True when the agent takes work.</summary>
    public bool TakesWork => IsOnline && !Machine.IsDraining;
}
