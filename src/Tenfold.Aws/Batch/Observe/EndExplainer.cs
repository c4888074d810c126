using System.Globalization;
using System.Text;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Logs;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch.Observe;

/// <summary>
/// Explains why a job failed before its agent could report: only the log in CloudWatch has what the start script printed, so its last lines
/// become part of the reason.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store.</param>
internal sealed class EndExplainer(BatchConnection connection, IStore store)
{
    private const string BatchLogGroup = "/aws/batch/job";

    /// <summary>Explains the end of a job.</summary>
    /// <param name="element">The job, which has ended.</param>
    /// <param name="facts">What Batch says of it.</param>
    /// <param name="place">The place.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The state with a better reason and ending, or the state as it is.</returns>
    public async Task<BackendState> ExplainAsync(
        BatchElement element, JobFacts facts, BatchPlace place, CancellationToken cancellationToken)
    {
        // An agent that claimed the attempt has begun, and its own report counts.
        if (element.State.End is not null || facts is not { Status: "FAILED", ExitCode: { } code }) return element.State;
        if (await store.ExistsAsync(AttemptKeys.Claim(element.Attempt), cancellationToken)) return element.State;
        var assignment = await new StoredAttempts(store).FindAssignmentAsync(element.Attempt, cancellationToken);
        var group = (assignment is null ? null : BatchOptions.Of(assignment).LogGroup) ?? place.LogGroup ?? BatchLogGroup;
        var words = new StringBuilder(
            string.Create(CultureInfo.InvariantCulture, $"its job ended with exit code {code} before its agent started (job {facts.Id})"));
        if (facts.LogStream is { } stream)
        {
            words.Append(CultureInfo.InvariantCulture, $"; its log is {stream} in {group}");
            var lines = await new LogExcerpts(connection.Logs).ReadAsync(group, stream, cancellationToken);
            if (lines.Length > 0) words.Append(":\n").Append(lines);
        }

        // The machine may be at fault, so another attempt is worthwhile. If that fails too, a third would most likely fail as well.
        var isRetried = code != StartScript.PermanentFailure && assignment is { LostBefore: 0 };
        return element.State with
        {
            Reason = BatchReason.Of(BatchFact.SetupFailed, words.ToString(), facts.Status, about: ("job", facts.Id)),
            End = isRetried ? Ending.Lost : Ending.NotStarted,
        };
    }
}
