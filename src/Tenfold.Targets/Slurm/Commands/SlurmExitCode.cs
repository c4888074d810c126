using System.Globalization;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Reads how a batch script ended from what Slurm's commands print.</summary>
internal static class SlurmExitCode
{
    /// <summary>Reads a wait status: the exit code times 256, plus the signal.</summary>
    /// <param name="text">
    /// <c>1:0</c> (exit code and signal: sacct, and squeue since 23.02), or the wait status itself (older squeue).
    /// </param>
    /// <returns>Null for a text that is neither, and for the number with which squeue means "none".</returns>
    /// <remarks>Source: <c>_print_job_exit_code</c> in squeue's <c>print.c</c>.</remarks>
    public static int? ReadWaitStatus(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        if (colon < 0) return Whole(text);
        return Whole(text[..colon]) is { } exit and < 256 && Whole(text[(colon + 1)..]) is { } signal and < 128 ? exit << 8 | signal : null;
    }

    private static int? Whole(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
