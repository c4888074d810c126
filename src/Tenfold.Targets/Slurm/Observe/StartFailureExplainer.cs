using System.Globalization;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Explains why a job's script failed before its agent could report. What the script printed is only in the file that Slurm writes, so the
/// last lines of that file become part of the reason.
/// </summary>
/// <param name="store">The store, which has the assignments.</param>
internal sealed class StartFailureExplainer(IStore store)
{
    // The script's exit code for what would fail in the same way on any machine (see AgentLaunch.Preamble).
    private const int FailsEverywhere = 70;

    private const int MaxBytes = 4096, MaxLines = 10, MaxLength = 300;

    /// <summary>Says why the script failed, and whether another attempt makes sense.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="job">Its job, whose script ended with an exit code.</param>
    /// <param name="isClaimed">True when an agent had claimed the attempt.</param>
    /// <param name="state">What the job alone shows.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BackendState> ExplainAsync(
        string attempt, SlurmJob job, bool isClaimed, BackendState state, CancellationToken cancellationToken)
    {
        var assignment = await ReadAssignmentAsync(attempt, cancellationToken);
        var reason = new StringBuilder(state.Reason.Words()).Append(isClaimed ? "" : ", before its agent had begun");
        if (OutputFileOf(assignment, job) is { } file)
        {
            var values = (assignment?.Spec.Secrets ?? []).Select(Environment.GetEnvironmentVariable).OfType<string>();
            var lines = LastLines(file, new SecretRedaction(values));
            reason.Append(CultureInfo.InvariantCulture, $"; what it printed is in {file}").Append(lines.Length > 0 ? $":\n{lines}" : "");
        }

        if (isClaimed) return state with { Reason = SlurmReason.Of(reason.ToString(), job.State) };
        // The fault may be that one node's, so one more attempt is worth it. If that fails too, a third would hardly end otherwise.
        var isWorthAnother = JobStates.ScriptExit(job) != FailsEverywhere && assignment is { LostBefore: 0 };
        return state with { Reason = SlurmReason.Of(reason.ToString(), job.State), End = isWorthAnother ? Ending.Lost : Ending.NotStarted };
    }

    private async Task<Assignment?> ReadAssignmentAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(AttemptKeys.Assignment(attempt), cancellationToken) is { } json
                ? JsonSerializer.Deserialize(json, AttemptJson.Default.Assignment)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? OutputFileOf(Assignment? assignment, SlurmJob job)
    {
        try
        {
            var options = assignment is null ? new SlurmOptions() : JobRequestPlanner.OptionsOf(assignment);
            return $"{OutputFolder.Of(options, store.Url, OutputFolder.Home)}/{job.Handle}.log";
        }
        catch (TargetException)
        {
            return null; // The job was submitted from a shell with a home folder, and this one has none.
        }
    }

    /// <summary>The last lines of a file, without secrets and control characters; empty when the file can't be read from here.</summary>
    /// <param name="path">The file.</param>
    /// <param name="redaction">Hides the secrets of the run.</param>
    internal static string LastLines(string path, SecretRedaction redaction)
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
        // The tail may begin inside a secret, whose remaining part would not be recognised. That part lies within the margin, which is cut
        // off.
        var margin = file.Length > MaxBytes ? Math.Max(0, redaction.LongestBytes - 1) : 0;
        var bytes = new byte[MaxBytes + margin];
        file.Seek(-Math.Min(file.Length, bytes.Length), SeekOrigin.End);
        var text = redaction.Apply(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
        return text[Math.Min(margin, text.Length)..];
    }

    // A site's own prolog may print anything, also sequences that a terminal would obey.
    private static string Clean(string line)
    {
        var isPrintable = (char c) => !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format;
        var clean = string.Concat(line.Replace('\t', ' ').Where(isPrintable)).Trim();
        return clean.Length > MaxLength ? $"{clean[..MaxLength]}…" : clean;
    }
}
