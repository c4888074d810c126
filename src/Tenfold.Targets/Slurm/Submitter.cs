using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm;

/// <summary>Submits array jobs one after another and notes what came of each attempt.</summary>
/// <param name="slurm">The cluster.</param>
/// <param name="outcomes">Where it is noted.</param>
internal sealed class Submitter(ISlurm slurm, Dictionary<string, StartOutcome> outcomes)
{
    private StartOutcome? _noAnswer;

    /// <summary>Submits one.</summary>
    public async Task SubmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        var attempts = submission.Label.Attempts;
        if (_noAnswer is not null)
        {
            Note(attempts, _noAnswer);
            return;
        }

        var answer = await slurm.SubmitAsync(submission, cancellationToken);
        switch (answer.Kind)
        {
            case SubmitKind.Taken:
                Note(attempts, StartOutcome.Started);
                break;
            case SubmitKind.Unknown:
                await LookAsync(attempts, answer.Words, cancellationToken);
                break;
            default:
                await RefusedAsync(submission, answer.Words, cancellationToken);
                break;
        }
    }

    // A queue, a limit or a cluster may have room for a part of an array where it has none for the whole.
    private async Task RefusedAsync(Submission submission, string words, CancellationToken cancellationToken)
    {
        var attempts = submission.Label.Attempts;
        var outcome = SubmitErrors.Outcome(words, submission.Options);
        var isTooLarge = SubmitErrors.IsTooLarge(words);
        if (attempts.Count == 1 || (!isTooLarge && outcome.Kind is not (StartKind.NoCapacity or StartKind.Quota)))
        {
            Note(attempts, outcome);
            return;
        }

        var half = attempts.Count / 2;
        await SubmitAsync(Part(submission, [.. attempts.Take(half)]), cancellationToken);
        if (isTooLarge) await SubmitAsync(Part(submission, [.. attempts.Skip(half)]), cancellationToken);
        else Note([.. attempts.Skip(half)], outcome);
    }

    private static Submission Part(Submission whole, IReadOnlyList<string> attempts) => whole with { Label = whole.Label with { Attempts = attempts } };

    // It may have been taken all the same. What is not there now may still come: so it is not submitted again in this round, and the next one
    // looks first.
    private async Task LookAsync(IReadOnlyList<string> attempts, string words, CancellationToken cancellationToken)
    {
        _noAnswer = new StartOutcome(StartKind.NoCapacity, $"Slurm did not answer when it was submitted ({words}); it is tried again");
        var queue = new QueueView(await slurm.JobsAsync(cancellationToken));
        foreach (var attempt in attempts) outcomes[attempt] = queue.Find(attempt) is not null ? StartOutcome.Started : _noAnswer;
    }

    private void Note(IReadOnlyList<string> attempts, StartOutcome outcome)
    {
        foreach (var attempt in attempts) outcomes[attempt] = outcome;
    }
}
