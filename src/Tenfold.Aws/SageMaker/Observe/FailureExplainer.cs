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

    private const int MaxLines = 10, MaxLength = 300, MaxPages = 3;

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
        var assignment = await TrainingObserver.ReadAssignmentAsync(store, element.Attempt, cancellationToken);
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
            return stream is null ? (null, "") : (stream, await ReadLastLinesAsync(stream, cancellationToken));
        }
        catch (AwsException)
        {
            // The log is only more detail; the user may not be allowed to read it.
            return (stream, "");
        }
    }

    // A page may be empty although others have events.
    private async Task<string> ReadLastLinesAsync(string stream, CancellationToken cancellationToken)
    {
        var request = new GetLogEventsRequest(LogGroup, stream) { Limit = MaxLines, StartFromHead = false };
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await connection.Logs.GetLogEventsAsync(request, cancellationToken);
            if (answer.Events.Count > 0)
                return string.Join('\n', answer.Events.Select(one => Clean(one.Message ?? "")).Where(line => line.Length > 0));
            if (answer.NextBackwardToken is not { Length: > 0 } token || token == request.NextToken) break;
            request = request with { NextToken = token };
        }

        return "";
    }

    private static string Clean(string line)
    {
        var clean = string.Concat(line.Where(c => !char.IsControl(c))).Trim();
        return clean.Length <= MaxLength ? clean : clean[..MaxLength] + "…";
    }
}
