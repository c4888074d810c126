using Tenfold.Core.Studies;

namespace Tenfold.App.Sweeping;

/// <summary>Lists studies, newest first.</summary>
/// <param name="services">The services of this home.</param>
public sealed class StudyLister(Services services)
{
    /// <summary>The newest studies. One with a damaged record is left out, see <see cref="Services.Damaged"/>.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<StudyListing>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var listed = new List<StudyListing>();
        foreach (var study in await services.Studies.ListStudiesAsync(limit, cancellationToken))
        {
            if (await services.Damaged.ReadAsync($"study {study.Id}", () => ReadAsync(study, cancellationToken)) is { } one)
                listed.Add(one);
        }

        return listed;
    }

    private async Task<StudyListing?> ReadAsync(StudyRecord study, CancellationToken cancellationToken)
    {
        var trials = await services.Studies.ListTrialsAsync(study.Id, cancellationToken);
        var value = await StudyResult.ValueAsync(services, study, trials, cancellationToken);
        return new StudyListing(study, trials, value?.Value, value?.IsConfirmed)
        {
            Front = study.Spec.HasFront ? StudyFront.Of(study.Spec, trials).Count : null,
        };
    }
}

/// <summary>A study in a list.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">Its trials.</param>
/// <param name="Best">Its best value; null before there is one, and with several objectives.</param>
/// <param name="IsConfirmed">True when fresh seeds have confirmed the value; null without a value.</param>
public sealed record StudyListing(StudyRecord Study, IReadOnlyList<TrialRecord> Trials, double? Best, bool? IsConfirmed)
{
    /// <summary>How many trials are on the front; null where one metric decides.</summary>
    public int? Front { get; init; }
}
