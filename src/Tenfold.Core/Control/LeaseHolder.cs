using System.Globalization;
using System.Security.Cryptography;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Control;

/// <summary>
/// Who holds a lease, as a text that says which process it is: <c>host/process/start/machine/random</c>. So whoever finds the lease held on the
/// same machine can see that its holder was killed, and need not wait until it runs out.
/// </summary>
public static class LeaseHolder
{
    /// <summary>A name for this process as a holder; another one each time.</summary>
    public static string New() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}/{Environment.ProcessId}/{ProcessTable.StartOf(Environment.ProcessId) ?? 0}/{ProcessTable.Machine ?? "-"}/{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    /// <summary>True when the holder was a process of this machine that lives no more. False when it lives, and when that can't be known from here.</summary>
    public static bool IsKnownDead(string holder)
    {
        var parts = holder.Split('/');
        // A machine's name may be another's too; its boot is its own.
        if (parts.Length != 5 || ProcessTable.Machine is not { } machine || parts[3] != machine) return false;
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process > 0
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var start) && start > 0
            && ProcessTable.IsGone(process, start);
    }

    /// <summary>A holder in words, for messages: <c>process 4711 on gpu-1</c>.</summary>
    public static string InWords(string holder) => holder.Split('/') is [var host, var process, ..] ? $"process {process} on {host}" : holder;
}
