using System.Globalization;
using Tenfold.Core.Attempts;
using Tenfold.Core.Queueing;

namespace Tenfold.Core.Pools;

/// <summary>The keys of a pool's objects in the store. A pool is a queue of attempts, and the machines that serve it.</summary>
public static class PoolKeys
{
    /// <summary>The folder of a pool.</summary>
    public static string Folder(string pool) => $"pools/{pool}/";

    /// <summary>The folder of the waiting attempts, in the order in which they start.</summary>
    public static string Queue(string pool) => $"pools/{pool}/queue/";

    /// <summary>
    /// The entry of a waiting attempt: an empty object, whose name says everything. The oldest group comes first in a listing; agents
    /// choose among the entries by <see cref="FairOrder"/>.
    /// </summary>
    public static string Entry(string pool, Assignment assignment) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Queue(pool)}{assignment.CreatedAt.ToUnixTimeMilliseconds():D15}.{assignment.Repeat:D6}{assignment.Priority?.Suffix()}." +
        $"{assignment.Attempt}");

    /// <summary>The attempt that an entry names; null when the key is no entry.</summary>
    public static string? AttemptOf(string entry) =>
        entry[(entry.LastIndexOf('/') + 1)..].Split('.') is [_, _, { Length: > 0 } attempt] ? attempt : null;

    /// <summary>The priority that an entry names; null for a normal one.</summary>
    public static RunPriority? PriorityOf(string entry) =>
        entry[(entry.LastIndexOf('/') + 1)..].Split('.') is [_, var repeat, _] ? RunPriorities.OfSuffixed(repeat) : null;

    /// <summary>The key of an entry with another priority.</summary>
    public static string WithPriority(string entry, RunPriority priority)
    {
        var parts = entry.Split('.');
        parts[^2] = RunPriorities.WithSuffix(parts[^2], priority);
        return string.Join('.', parts);
    }

    /// <summary>The folder of the machines' records.</summary>
    public static string Machines(string pool) => $"pools/{pool}/machines/";

    /// <summary>The <see cref="PoolMachine"/> of an agent, as JSON; written again and again as a sign of life.</summary>
    public static string Machine(string pool, string session) => $"{Machines(pool)}{session}";

    /// <summary>An object that asks an agent to take no more work and to end; written by <c>tenfold pool drain</c>.</summary>
    public static string DrainMark(string pool, string session) => $"pools/{pool}/drain/{session}";

    /// <summary>The folder of what instances left behind when they stopped.</summary>
    public static string Leavings(string pool) => $"pools/{pool}/left/";

    /// <summary>The <see cref="PoolLeaving"/> of an instance, as JSON.</summary>
    public static string Leaving(string pool, string instance) => $"{Leavings(pool)}{instance}";

    /// <summary>An empty object that a controller writes to learn what time it is at the store.</summary>
    public static string Clock(string pool) => $"pools/{pool}/clock/now";

    /// <summary>Why a text can't be a pool's name; null when it can.</summary>
    public static string? NameFault(string name) =>
        name.Length is 0 or > 64 || !char.IsAsciiLetterOrDigit(name[0])
        || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? $"'{name}' is no name of a pool: use at most 64 letters, digits, '-', '_' and '.', the first a letter or a digit"
            : null;
}
