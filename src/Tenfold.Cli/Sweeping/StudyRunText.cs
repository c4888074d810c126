using Tenfold.App.Sweeping.Workers;
using Tenfold.Cli.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>Shows on standard error what happens while <c>tenfold study run</c> runs trials.</summary>
/// <param name="study">The study.</param>
internal sealed class StudyRunText(StudyRecord study)
{
    private readonly Stream _errors = Console.OpenStandardError();
    private TrialRecord? _best;

    /// <summary>Shows news.</summary>
    public void Show(StudyRunNews news)
    {
        switch (news)
        {
            case StudyRunNews.Told told:
                Terminal.Say(Line(told.Trial));
                break;
            case StudyRunNews.Line line:
                Terminal.Say($"t{line.Trial}: {line.Text}");
                break;
            case StudyRunNews.Errors errors:
                _errors.Write(errors.Bytes);
                _errors.Flush();
                break;
            case StudyRunNews.Waiting waiting:
                Terminal.Say(
                    $"waiting for {Numbers.Count(waiting.Trials.Count, "trial")} of another process; if it was killed, this command gets " +
                    "their points when their leases end");
                break;
            case StudyRunNews.Untold untold:
                Terminal.Say($"trial {untold.Result.Trial} has a result that can't be recorded: {untold.Why}. {Remedy(untold)}");
                break;
        }
    }

    private static string Remedy(StudyRunNews.Untold untold)
    {
        var result = untold.Result;
        if (result.Values.Count == 0) return "Its point will be asked for again when its lease ends.";
        return $"To record it later: tenfold study tell {untold.Study} {result.Trial} {string.Join(' ', result.Values)}";
    }

    private string Line(TrialRecord trial)
    {
        var settings = StudyText.Settings(trial.Parameters);
        if (trial.State != TrialState.Completed)
        {
            var why = trial.Why is { } reason ? $": {ReasonText.Of(reason)}" : "";
            return $"{StudyText.Name(trial)}: {StudyText.Word(trial.State)}{why}   {settings}";
        }

        if (study.Spec.HasFront) return $"{StudyText.Name(trial)}: {StudyText.Values(study.Spec, trial)}   {settings}";
        _best = StudyText.Best(study.Spec, _best is null ? [trial] : [_best, trial]);
        var best = _best!.Number == trial.Number ? "best so far" : $"best {_best.Value:G6} of {StudyText.Name(_best)}";
        return $"{StudyText.Name(trial)}: {study.Spec.Metric.Name} {trial.Value:G6}, {best}   {settings}";
    }
}
