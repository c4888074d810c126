using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>What came of a study so far: its best, and how sure that is.</summary>
internal sealed class StudyResult
{
    private const int MaxLeaders = 10;

    private StudyResult(StudyRecord study, IReadOnlyList<TrialRecord> trials, IReadOnlyList<Finalist> leaders, ConfirmationResult? confirmed) =>
        (Study, Trials, Leaders, Confirmed) = (study, trials, leaders, confirmed);

    /// <summary>The study.</summary>
    public StudyRecord Study { get; }

    /// <summary>Its trials.</summary>
    public IReadOnlyList<TrialRecord> Trials { get; }

    /// <summary>Its best points, best first.</summary>
    public IReadOnlyList<Finalist> Leaders { get; }

    /// <summary>What came of running the best again; null when that has not begun.</summary>
    public ConfirmationResult? Confirmed { get; }

    /// <summary>Loads it.</summary>
    public static async Task<StudyResult> LoadAsync(Services services, string id, CancellationToken cancellationToken)
    {
        var study = (await services.Studies.StudyAsync(id, cancellationToken))!;
        // Its driver may be gone: what its runs have come to since is told by whoever looks.
        if (study.Spec.Work is not null) await (await services.DriverAsync(study, cancellationToken)).TellAsync(cancellationToken);
        var trials = await services.Studies.TrialsOfAsync(id, cancellationToken);
        var space = new SearchSpace(SpaceJson.Read(study.Spec.Space));
        var groups = study.State == StudyState.Running
            ? new Dictionary<int, IReadOnlyList<RunWithMetrics>>()
            : await StudyDriver.ConfirmationsAsync(services.Ledger, services.Studies, id, cancellationToken);
        return new StudyResult(
            study, trials, Finalists.Of(new StudyHistory(study.Spec, space), space, trials, MaxLeaders), groups.Count == 0 ? null : ConfirmationResult.Of(study.Spec, trials, groups));
    }

    /// <summary>Prints it: the leaderboard, then what the confirmation says.</summary>
    public void Print(bool json)
    {
        if (json)
        {
            Json.Write(ToView(), ViewJson.Default.StudyResultView);
            return;
        }

        Console.Out.WriteLine($"{Numbers.Count(Trials.Count, "trial")}{(Trials.Count > 0 ? $": {StudyText.States(Trials)}" : "")}{(Study.Reason is { } reason ? $"; {reason}" : "")}");
        foreach (var failed in Trials.Where(trial => trial.State == TrialState.Failed).GroupBy(trial => Words.Cause(trial.Why)).Take(3))
            Console.Out.WriteLine($"failed: {string.Join(", ", failed.Take(3).Select(StudyText.Name))}{(failed.Count() > 3 ? $" and {failed.Count() - 3} more" : "")}: {failed.Key}");
        if (Leaders.Count == 0) return;
        PrintLeaders();
        if (Confirmed is { } confirmed) ConfirmationText.Write(Console.Out, Study, confirmed);
        else Console.Out.WriteLine(Optimistic());
    }

    /// <summary>The whole as data.</summary>
    public StudyResultView ToView() => new(
        StudyView.Of(Study), [.. Trials.Select(TrialView.Of)], [.. Leaders.Select(BestView.Of)], Confirmed is null ? null : ConfirmationView.Of(Study, Confirmed));

    private void PrintLeaders()
    {
        var metric = Study.Spec.Metric.Name;
        // Too few trials for a model: what was measured is all there is.
        string[] model = Leaders[0].StandardDeviation is null ? [] : ["EXPECTED>", "±>"];
        var names = StudyText.SettingNames(Study.Spec);
        var table = new TextTable(["TRIAL", .. model, metric.ToUpperInvariant() + ">", "RUNS>", "BY", .. StudyText.SettingHeadings(names)]);
        foreach (var leader in Leaders)
        {
            var spread = leader.StandardDeviation is > 0 and var deviation ? deviation : (double?)null;
            string?[] expected = model.Length == 0 ? [] : [Numbers.Format(leader.Mean, spread), spread is { } shown ? Numbers.Format(shown, shown) : null];
            table.Add([
                StudyText.Name(leader.Trial), .. expected, $"{leader.Trial.Value:G6}", $"{leader.Trial.Values.Count}", leader.Trial.Method,
                .. StudyText.SettingCells(names, leader.Trial.Parameters),
            ]);
        }

        table.Write(Console.Out, Terminal.Width);
    }

    // One value of many, picked because it is high, is too high.
    private string Optimistic()
    {
        var completed = Trials.Count(trial => trial.State == TrialState.Completed);
        return completed < 2 ? "one trial says nothing of chance: tenfold fit --repeat 10 with its settings"
            : $"{(Leaders[0].StandardDeviation is null ? "" : "EXPECTED is the model's mean, with its own doubt beside it. ")}The best of {completed} values is a lucky one. `confirm: {{ top: 3, repeat: 10 }}` runs the best again with fresh seeds.";
    }
}
