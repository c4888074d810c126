using Tenfold.Core.Studies;

namespace Tenfold.App.Sweeping;

/// <summary>Finds the studies that this home may continue, and lets them have more trials than were planned.</summary>
/// <param name="services">The services of this home.</param>
public sealed class StudyContinuation(Services services)
{
    /// <summary>Lets a study go on, so that whoever drives it asks for its next trials.</summary>
    /// <param name="study">The study.</param>
    /// <param name="trials">How many points it tries in all; null for as many as it had planned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The study as it is now: without more trials, a finished one stays finished. Or a refusal: another home recorded it, its user runs
    /// the trials, or it can't have more.
    /// </returns>
    public async Task<Outcome<StudyRecord>> ContinueAsync(StudyRecord study, int? trials, CancellationToken cancellationToken)
    {
        if (trials is { } wanted) return await ExtendAsync(study, wanted, cancellationToken);
        if (study.Spec.Work is null)
        {
            return Refusal.BadInput(
                $"{study.Id} was made with `tenfold study create`, so you run its trials yourself: " +
                $"`tenfold study ask {study.Id}` gives the next one");
        }

        return study.State == StudyState.Finished ? study : await FindOwnAsync(study.Id, cancellationToken);
    }

    /// <summary>Finds a study that this home may continue.</summary>
    /// <returns>
    /// The study; or a refusal: another home recorded it, or its record has changed. It would start whatever its record says.
    /// </returns>
    public async Task<Outcome<StudyRecord>> FindOwnAsync(string study, CancellationToken cancellationToken) =>
        await services.Studies.FindOwnStudyAsync(study, cancellationToken) is { } own ? own : Refusal.BadInput(
            $"{study} was recorded by another home, or its record has changed since. Check it with `tenfold show {study}`; " +
            $"`tenfold adopt {study}` then makes it this home's own.");

    /// <summary>Extends a study, and opens it again when it had finished.</summary>
    /// <param name="study">The study.</param>
    /// <param name="trials">How many points it tries in all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The study as it is now; or a refusal: it has as many trials already, another home recorded it, or it can't be opened again.
    /// </returns>
    public async Task<Outcome<StudyRecord>> ExtendAsync(StudyRecord study, int trials, CancellationToken cancellationToken)
    {
        var asked = (await services.Studies.ListTrialsAsync(study.Id, cancellationToken)).Count(trial => trial.Again is null);
        if (trials <= asked)
        {
            return Refusal.BadInput(
                $"{study.Id} has tried {asked} points already; --trials is the number in all, so it must be larger than {asked}");
        }

        if (!(await FindOwnAsync(study.Id, cancellationToken)).Succeeded(out _, out var foreign)) return foreign;
        if (await services.Studies.ExtendStudyAsync(study.Id, trials, services.Time.GetUtcNow(), cancellationToken))
            return (await services.Studies.FindStudyAsync(study.Id, cancellationToken))!;
        var why = (await services.Studies.FindStudyAsync(study.Id, cancellationToken))?.State == StudyState.Cancelled
            ? "was cancelled" : "has confirmed its best trials, or begun to, which later trials would make worthless";
        return Refusal.BadInput($"{study.Id} {why}; a new study can learn from it: tenfold sweep --from {study.Id} --trials {trials}");
    }
}
