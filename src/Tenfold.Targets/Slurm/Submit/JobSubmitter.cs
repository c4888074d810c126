using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Submits array jobs one after another and notes what came of each attempt.</summary>
/// <param name="slurm">The cluster.</param>
/// <param name="outcomes">Where it is noted.</param>
internal sealed class JobSubmitter(ISlurm slurm, Dictionary<string, StartOutcome> outcomes)
{
    private StartOutcome? _noAnswer;

    /// <summary>Submits one.</summary>
    public async Task SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var attempts = request.Label.Attempts;
        if (_noAnswer is not null)
        {
            Note(attempts, _noAnswer);
            return;
        }

        var answer = await slurm.SubmitAsync(request, cancellationToken);
        switch (answer.Kind)
        {
            case SubmitKind.Taken:
                Note(attempts, StartOutcome.Started);
                break;
            case SubmitKind.Unknown:
                await CheckQueueAsync(attempts, answer.Words, cancellationToken);
                break;
            default:
                await RefusedAsync(request, answer, cancellationToken);
                break;
        }
    }

    // A queue, a limit or a cluster may have room for a part of an array where it has none for the whole.
    private async Task RefusedAsync(JobRequest request, SubmitAnswer answer, CancellationToken cancellationToken)
    {
        var attempts = request.Label.Attempts;
        var outcome = SubmitErrors.Outcome(answer.Words, request.Options);
        var isTooLarge = answer.Kind == SubmitKind.TooLarge;
        if (attempts.Count == 1 || (!isTooLarge && outcome.Kind is not (StartKind.NoCapacity or StartKind.Quota)))
        {
            Note(attempts, outcome);
            return;
        }

        var half = attempts.Count / 2;
        await SubmitAsync(Part(request, [.. attempts.Take(half)]), cancellationToken);
        if (isTooLarge) await SubmitAsync(Part(request, [.. attempts.Skip(half)]), cancellationToken);
        else Note([.. attempts.Skip(half)], outcome);
    }

    private static JobRequest Part(JobRequest whole, IReadOnlyList<string> attempts) =>
        whole with { Label = whole.Label with { Attempts = attempts } };

    // It may have been taken all the same. What is not there now may still come: so it is not submitted again in this round, and the next
    // one looks first.
    private async Task CheckQueueAsync(IReadOnlyList<string> attempts, string words, CancellationToken cancellationToken)
    {
        _noAnswer = new StartOutcome(
            StartKind.NoCapacity, SlurmReason.Of($"Slurm did not answer when it was submitted ({words}); it is tried again"));
        var queue = new QueueView(await slurm.ListJobsAsync(cancellationToken));
        foreach (var attempt in attempts) outcomes[attempt] = queue.Find(attempt) is not null ? StartOutcome.Started : _noAnswer;
    }

    private void Note(IReadOnlyList<string> attempts, StartOutcome outcome)
    {
        foreach (var attempt in attempts) outcomes[attempt] = outcome;
    }
}
