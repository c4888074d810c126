using System.Globalization;
using System.Text;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Logs;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>
/// Explains why a job failed before its agent could report: only the log in CloudWatch has what the start script printed, so the reason
/// names the log's stream and quotes its last lines.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store.</param>
internal sealed class FailureExplainer(SageMakerConnection connection, IStore store)
{
    /// <summary>The group of all training jobs' logs.</summary>
    public const string LogGroup = "/aws/sagemaker/TrainingJobs";

    /// <summary>Explains the end of a job.</summary>
    /// <param name="element">The job, which has ended.</param>
    /// <param name="job">What SageMaker says of it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BackendState> ExplainAsync(TrainingElement element, TrainingJob job, CancellationToken cancellationToken)
    {
        var state = TrainingStates.OfEnded(job);
        // An agent that claimed the attempt has begun, and its own report counts.
        if (state.End is not null || job.TrainingJobStatus != "Failed") return state;
        if (await store.ExistsAsync(AttemptKeys.Claim(element.Attempt), cancellationToken)) return state;
        var assignment = await new StoredAttempts(store).FindAssignmentAsync(element.Attempt, cancellationToken);
        var code = TrainingStates.ExitCodeIn(job.FailureReason ?? "");
        var words = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"its container ended with exit code {code?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} before its agent started " +
            $"(training job {job.TrainingJobName})"));
        var (stream, lines) = await ReadLogAsync(job.TrainingJobName, cancellationToken);
        words.Append(CultureInfo.InvariantCulture, $"; its log is {stream ?? $"{job.TrainingJobName}/algo-1-…"} in {LogGroup}");
        if (lines.Length > 0) words.Append(":\n").Append(lines);

        // The machine may be at fault, so another attempt is worthwhile. If that fails too, a third would most likely fail as well.
        var isRetried = code != StartScript.PermanentFailure && assignment is { LostBefore: 0 };
        var reason = SageMakerReason.Of(
            SageMakerFact.AgentNeverStarted, words.ToString(), job.TrainingJobName, job.SecondaryStatus, job.FailureReason);
        return new BackendState(BackendKind.Gone, reason, isRetried ? Ending.Lost : Ending.NotStarted);
    }

    private async Task<(string? Stream, string Lines)> ReadLogAsync(string job, CancellationToken cancellationToken)
    {
        string? stream = null;
        try
        {
            var streams = new DescribeLogStreamsRequest(LogGroup) { LogStreamNamePrefix = $"{job}/" };
            await foreach (var found in connection.Logs.DescribeLogStreamsAsync(streams, cancellationToken))
                stream = found.LogStreamName;
            if (stream is null) return (null, "");
            return (stream, await new LogExcerpts(connection.Logs).ReadAsync(LogGroup, stream, cancellationToken));
        }
        catch (AwsException)
        {
            // The log is only more detail; the user may not be allowed to read it.
            return (stream, "");
        }
    }
}
