using System.Globalization;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Control;

/// <summary>
/// The holder of a lease: a text that identifies a process, <c>host/process/start/machine/random</c>. Another process of that machine can
/// see from it that the holder was killed, and need not wait until the lease expires.
/// </summary>
public static class LeaseHolder
{
    /// <summary>A new holder name for this process, different at each call.</summary>
    public static string New()
    {
        var start = ProcessTable.StartOf(Environment.ProcessId) ?? 0;
        // Random digits from a Guid: the cryptography assembly would load OpenSSL at each start of the program.
        var random = Guid.NewGuid().GetHashCode();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.MachineName}/{Environment.ProcessId}/{start}/{ProcessTable.Machine ?? "-"}/{random:x8}");
    }

    /// <summary>
    /// True when the holder was a process of this machine that has ended. False when it lives, or ran on another machine.
    /// </summary>
    public static bool IsKnownDead(string holder)
    {
        var parts = holder.Split('/');
        // Two machines may have one name, but no two share a boot id.
        if (parts.Length != 5 || ProcessTable.Machine is not { } machine || parts[3] != machine) return false;
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process > 0
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var start) && start > 0
            && ProcessTable.IsGone(process, start);
    }

    /// <summary>A holder in words, for messages: <c>process 4711 on gpu-1</c>.</summary>
    public static string InWords(string holder) =>
        holder.Split('/') is [var host, var process, ..] ? $"process {process} on {host}" : holder;
}
