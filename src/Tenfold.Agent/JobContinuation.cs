using System.Security.Cryptography;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>
/// Continues a job that its host has started again on another machine. The attempt of the lost machine has ended, and the next attempt of
/// the run begins in this job, which no controller has to notice first.
/// </summary>
/// <param name="settings">What the agent works with.</param>
/// <param name="attempt">The job's own attempt.</param>
/// <remarks>
/// A controller that notices the lost attempt first starts a job for the next one. The two jobs claim it, so only one executes it.
/// </remarks>
internal sealed class JobContinuation(AgentSettings settings, string attempt)
{
    private readonly AttemptReports _reports = new(settings.Store);

    /// <inheritdoc cref="AttemptAgent.AssignmentSha256"/>
    public string? AssignmentSha256 { get; init; }

    /// <summary>Runs the attempt that follows the last lost one, if there is any.</summary>
    /// <param name="outcome">What became of the job's own attempt in this process.</param>
    /// <param name="preempted">Cancelled when the host ends the job.</param>
    /// <returns>What became of the last attempt that this process tried to run.</returns>
    public async Task<AttemptOutcome> ContinueAsync(AttemptOutcome outcome, CancellationToken preempted)
    {
        try
        {
            var current = await ReadAssignmentAsync(preempted);
            // An attempt without an ending did not run in this process.
            while (outcome is { IsReported: true, Ending: null } && await FindNextAsync(current, preempted) is { } next)
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(next, AttemptJson.Default.Assignment);
                await settings.Store.TryCreateAsync(AttemptKeys.Assignment(next.Attempt), json, preempted);
                settings.Notify?.Invoke($"the job was started again on another machine, and continues as {next.Attempt}");
                var agent = new AttemptAgent(settings, next.Attempt)
                {
                    HostAttempt = attempt,
                    // Not what lies in the store: it follows from the assignment that this job was submitted with.
                    AssignmentSha256 = Convert.ToHexStringLower(SHA256.HashData(json)),
                };
                (outcome, current) = (await agent.RunToOutcomeAsync(preempted), next);
            }
        }
        catch (StoreException)
        {
            // A controller starts the next attempt.
        }
        catch (OperationCanceledException) when (preempted.IsCancellationRequested)
        {
            // The host ends the job again.
        }

        return outcome;
    }

    private async Task<Assignment?> ReadAssignmentAsync(CancellationToken preempted) =>
        await settings.Store.ReadAsync(AttemptKeys.Assignment(attempt), preempted) is { } json
        && (AssignmentSha256 is null || Convert.ToHexStringLower(SHA256.HashData(json)) == AssignmentSha256)
            ? ClaimMaker.Read(json, AttemptJson.Default.Assignment) : null;

    private async Task<Assignment?> FindNextAsync(Assignment? lost, CancellationToken preempted) =>
        lost is not null && await _reports.ReadAsync(lost.Attempt, preempted) is { State: AttemptState.Lost, IsRetried: true }
            ? RetryPolicy.Next(lost, Ending.Lost) : null;
}
