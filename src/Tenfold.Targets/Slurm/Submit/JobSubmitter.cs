using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Submits array jobs one after another and records the outcome of each attempt.</summary>
/// <param name="slurm">The cluster.</param>
/// <param name="outcomes">Receives the outcomes, by attempt.</param>
internal sealed class JobSubmitter(ISlurm slurm, Dictionary<string, StartOutcome> outcomes)
{
    private StartOutcome? _noAnswer;

    /// <summary>Submits an array job. Once Slurm has not answered, later calls submit nothing.</summary>
    public async Task SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var attempts = request.Label.Attempts;
        if (_noAnswer is not null)
        {
            Record(attempts, _noAnswer);
            return;
        }

        var answer = await slurm.SubmitAsync(request, cancellationToken);
        switch (answer.Kind)
        {
            case SubmitKind.Accepted:
                Record(attempts, StartOutcome.Started);
                break;
            case SubmitKind.NoAnswer:
                await CheckQueueAsync(attempts, answer.Words, cancellationToken);
                break;
            default:
                await HandleRefusalAsync(request, answer, cancellationToken);
                break;
        }
    }

    // The queue, a limit or the cluster may have room for a part of an array but not for the whole.
    private async Task HandleRefusalAsync(JobRequest request, SubmitAnswer answer, CancellationToken cancellationToken)
    {
        var attempts = request.Label.Attempts;
        var outcome = SubmitRefusals.ToOutcome(answer, request.Options);
        var isTooLarge = answer.Kind == SubmitKind.ArrayTooLarge;
        if (attempts.Count == 1 || (!isTooLarge && outcome.Kind is not (StartKind.NoCapacity or StartKind.Quota)))
        {
            Record(attempts, outcome);
            return;
        }

        var half = attempts.Count / 2;
        await SubmitAsync(Part(request, [.. attempts.Take(half)]), cancellationToken);
        if (isTooLarge) await SubmitAsync(Part(request, [.. attempts.Skip(half)]), cancellationToken);
        else Record([.. attempts.Skip(half)], outcome);
    }

    private static JobRequest Part(JobRequest whole, IReadOnlyList<string> attempts) =>
        whole with { Label = whole.Label with { Attempts = attempts } };

    // Slurm may have accepted the job, and the job may still appear later. So nothing is submitted again in this round; the next round
    // checks the queue first.
    private async Task CheckQueueAsync(IReadOnlyList<string> attempts, string words, CancellationToken cancellationToken)
    {
        _noAnswer = new StartOutcome(
            StartKind.NoCapacity,
            SlurmReason.OfFact(
                SlurmFact.SubmissionUnanswered, $"Slurm did not answer the submission ({words}); Tenfold will retry", words));
        var queue = new QueueView(await slurm.ListJobsAsync(cancellationToken));
        foreach (var attempt in attempts) outcomes[attempt] = queue.Find(attempt) is not null ? StartOutcome.Started : _noAnswer;
    }

    private void Record(IReadOnlyList<string> attempts, StartOutcome outcome)
    {
        foreach (var attempt in attempts) outcomes[attempt] = outcome;
    }
}
