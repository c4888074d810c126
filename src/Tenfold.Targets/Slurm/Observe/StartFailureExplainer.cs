using System.Globalization;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Explains why a job's script failed before its agent could report. Only the file that Slurm writes has the script's output, so the last
/// lines of that file become part of the reason.
/// </summary>
/// <param name="store">The store, which has the assignments.</param>
/// <param name="home">The user's home folder; empty for none.</param>
/// <param name="secrets">The secrets that this host has. Their values are removed from the output.</param>
internal sealed class StartFailureExplainer(IStore store, string home, SecretSource secrets)
{
    // The script's exit code for a failure that would recur on any machine (see AgentLaunch.Preamble).
    private const int FailsEverywhere = 70;

    private const int MaxBytes = 4096, MaxLines = 10, MaxLength = 300;

    /// <summary>Explains why the script failed, and decides whether another attempt makes sense.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="job">Its job, whose script ended with an exit code.</param>
    /// <param name="isClaimed">True when an agent had claimed the attempt.</param>
    /// <param name="state">The state that follows from the job alone.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BackendState> ExplainAsync(
        string attempt, SlurmJob job, bool isClaimed, BackendState state, CancellationToken cancellationToken)
    {
        var assignment = await new StoredAttempts(store).FindAssignmentAsync(attempt, cancellationToken);
        var reason = new StringBuilder(state.Reason.Words()).Append(isClaimed ? "" : ", before its agent started");
        if (OutputFileOf(assignment, job) is { } file)
        {
            var values = (assignment?.Spec.Secrets ?? []).Select(name => secrets(name)).OfType<string>();
            var lines = ReadLastLines(file, new SecretRedaction(values));
            reason.Append(CultureInfo.InvariantCulture, $"; its output is in {file}").Append(lines.Length > 0 ? $":\n{lines}" : "");
        }

        if (isClaimed) return state with { Reason = SlurmReason.OfState(job.State, reason.ToString()) };
        // The node may be at fault, so another attempt is worthwhile. If that fails too, a third would most likely fail as well.
        var isRetried = JobStates.ScriptExit(job) != FailsEverywhere && assignment is { LostBefore: 0 };
        return state with { Reason = SlurmReason.OfState(job.State, reason.ToString()), End = isRetried ? Ending.Lost : Ending.NotStarted };
    }

    private string? OutputFileOf(Assignment? assignment, SlurmJob job)
    {
        var options = assignment is null ? new SlurmOptions() : JobRequestPlanner.OptionsOf(assignment);
        // The shell that submitted the job had a home folder, and this one may have none.
        return OutputFolder.Find(options, store.Url, home).Match<string?>(folder => $"{folder}/{job.Handle}.log", _ => null);
    }

    /// <summary>Reads the last lines of a file, without secrets and control characters.</summary>
    /// <param name="path">The file.</param>
    /// <param name="redaction">Hides the secrets of the run.</param>
    /// <returns>The lines; empty when this machine can't read the file.</returns>
    internal static string ReadLastLines(string path, SecretRedaction redaction)
    {
        try
        {
            var lines = Encoding.UTF8.GetString(ReadRedactedTail(path, redaction)).Split('\n');
            return string.Join('\n', lines.Select(Clean).Where(line => line.Length > 0).TakeLast(MaxLines));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return "";
        }
    }

    private static ReadOnlySpan<byte> ReadRedactedTail(string path, SecretRedaction redaction)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // The tail may begin inside a secret, and the rest of that secret would not be recognised. The margin, which is cut off, covers it.
        var margin = file.Length > MaxBytes ? Math.Max(0, redaction.LongestBytes - 1) : 0;
        var bytes = new byte[MaxBytes + margin];
        file.Seek(-Math.Min(file.Length, bytes.Length), SeekOrigin.End);
        var text = redaction.Apply(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
        text = text[Math.Min(margin, text.Length)..];
        // The tail must not begin inside a character either.
        while (text.Length > 0 && file.Length > MaxBytes && (text[0] & 0xc0) == 0x80) text = text[1..];
        return text;
    }

    // A site's prolog may print anything, including sequences that a terminal would obey.
    private static string Clean(string line)
    {
        var isPrintable = (char c) => !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format;
        var clean = string.Concat(PlainText.Of(line).Replace('\t', ' ').Where(isPrintable)).Trim();
        return clean.Length > MaxLength ? $"{clean[..MaxLength]}…" : clean;
    }
}
