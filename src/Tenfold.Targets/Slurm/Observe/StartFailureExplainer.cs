using System.Globalization;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>What a failed script tells whose agent has not: it stands in the file that Slurm writes its output into, and nowhere else.</summary>
/// <param name="store">The store, which has the assignments.</param>
internal sealed class StartFailureExplainer(IStore store)
{
    /// <summary>The script's exit code for what would fail the same on any machine (<see cref="AgentLaunch.Preamble"/>).</summary>
    private const int WontPass = 70;

    private const int MaxBytes = 4096, MaxLines = 10, MaxLength = 300;

    /// <summary>Why it failed, and whether another attempt makes sense.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="job">Its job, whose script has ended with an exit code.</param>
    /// <param name="isClaimed">True when an agent had taken the attempt up.</param>
    /// <param name="state">What follows from the job alone.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BackendState> ExplainAsync(string attempt, SlurmJob job, bool isClaimed, BackendState state, CancellationToken cancellationToken)
    {
        var assignment = await AssignmentAsync(attempt, cancellationToken);
        var words = new StringBuilder(state.Reason).Append(isClaimed ? "" : ", before its agent had begun");
        if (FileOf(assignment, job) is { } file)
        {
            var lines = LastLines(file, assignment?.Spec.Secrets ?? []);
            words.Append(CultureInfo.InvariantCulture, $"; what it printed is in {file}").Append(lines.Length > 0 ? $":\n{lines}" : "");
        }

        if (isClaimed) return state with { Reason = words.ToString() };
        // A machine may have a trouble of its own, so one more is worth it; a second would take its time and end alike.
        var isWorthIt = JobStates.ScriptExit(job) != WontPass && assignment is { LostBefore: 0 };
        return state with { Reason = words.ToString(), End = isWorthIt ? Ending.Lost : Ending.NotStarted };
    }

    private async Task<Assignment?> AssignmentAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(AttemptKeys.Assignment(attempt), cancellationToken) is { } json ? JsonSerializer.Deserialize(json, AttemptJson.Default.Assignment) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? FileOf(Assignment? assignment, SlurmJob job)
    {
        try
        {
            var options = assignment is null ? new SlurmOptions() : JobRequestPlanner.OptionsOf(assignment);
            return $"{OutputFolder.Of(options, store.Url, OutputFolder.Home)}/{job.Handle}.log";
        }
        catch (TargetException)
        {
            return null; // submitted where there was a home
        }
    }

    /// <summary>The last lines of a file, fit for a terminal; empty when it can't be read from here.</summary>
    /// <param name="path">The file.</param>
    /// <param name="secrets">Names of secrets, whose values are blotted out.</param>
    internal static string LastLines(string path, IReadOnlyList<string> secrets)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(file.Length, MaxBytes), SeekOrigin.End);
            var bytes = new byte[MaxBytes];
            var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, MaxBytes, throwOnEndOfStream: false));
            // What a site's own prolog prints is anybody's guess.
            foreach (var value in secrets.Select(Environment.GetEnvironmentVariable).OfType<string>().Where(value => value.Length > 3)) text = text.Replace(value, "***", StringComparison.Ordinal);
            return string.Join('\n', text.Split('\n').Select(Clean).Where(line => line.Length > 0).TakeLast(MaxLines));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return "";
        }
    }

    private static string Clean(string line)
    {
        var clean = string.Concat(line.Replace('\t', ' ').Where(c => !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format)).Trim();
        return clean.Length > MaxLength ? $"{clean[..MaxLength]}…" : clean;
    }
}
