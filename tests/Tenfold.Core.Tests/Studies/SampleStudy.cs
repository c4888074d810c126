using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Tests.Studies;

/// <summary>A study with a learning rate, an optimizer, and a momentum that only <c>sgd</c> has; and in-memory trials of it.</summary>
internal static class SampleStudy
{
    public const string Name = "s7m2xqab";

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly OrderedDictionary<string, SearchDimension> Space = new()
    {
        ["lr"] = new RangeDimension { Min = 1e-4, Max = 0.1, Whole = false, Scale = RangeScale.Log },
        ["optimizer"] = new ChoiceDimension([new TextValue("sgd"), new TextValue("adam")], Ordered: false),
        ["momentum"] = new RangeDimension
        {
            Min = 0.5,
            Max = 0.9,
            Whole = false,
            Step = 0.1,
            When = new Dictionary<string, IReadOnlyList<ParameterValue>> { ["optimizer"] = [new TextValue("sgd")] },
        },
    };

    /// <summary>Six points: three sizes of two kinds.</summary>
    public static readonly OrderedDictionary<string, SearchDimension> Small = new()
    {
        ["size"] = new RangeDimension { Min = 1, Max = 3, Whole = true },
        ["kind"] = new ChoiceDimension([new TextValue("a"), new TextValue("b")], Ordered: false),
    };

    public static StudyRecord Study(Func<StudySpec, StudySpec>? change = null, OrderedDictionary<string, SearchDimension>? space = null)
    {
        var spec = new StudySpec
        {
            Project = "iris",
            Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
            Space = SpaceJson.Write(space ?? Space),
            Method = SweepMethod.Sobol,
            Seed = 7,
            Trials = 20,
            Work = new WorkSpec
            {
                Project = "iris",
                Snapshot = new string('a', 64),
                Environment = new EnvironmentSpec("system"),
                Parameters = Json("""{"lr":0.5,"optimizer":"lbfgs","epochs":3}"""),
            },
        };
        return new StudyRecord
        {
            Id = Name,
            Root = "/p",
            Target = "local",
            CreatedAt = Noon,
            Host = "here",
            Version = "1",
            GitCommit = "abc",
            Spec = change?.Invoke(spec) ?? spec,
        };
    }

    public static TrialSuggester TrialSuggester(StudyRecord study) => new(study, SearchMethods.Create(study.Spec.Method));

    public static SearchSpace SpaceOf(StudyRecord study) => new(SpaceJson.Read(study.Spec.Space));

    public static JsonElement Json(string text) => JsonElement.Parse(text);

    public static TrialRecord Trial(int number, string parameters, TrialState state = TrialState.Completed, params double[] values) => new()
    {
        Study = Name,
        Number = number,
        Parameters = Json(parameters),
        Method = "sobol",
        Reason = new Reason.RandomPoint(),
        Seed = number,
        AskedAt = Noon.AddMinutes(number),
        Group = RunNames.Trial(Name, number),
        State = state,
        Values = values,
        EndedAt = state == TrialState.Running ? null : Noon.AddMinutes(number + 1),
    };

    /// <summary>Suggests trials one after the other; each ends as <paramref name="end"/> says before the next is suggested.</summary>
    public static List<TrialRecord> SuggestAll(TrialSuggester suggester, int count, Func<TrialRecord, TrialRecord> end)
    {
        var trials = new List<TrialRecord>();
        while (trials.Count < count && suggester.Next(trials, Noon).Trial is { } trial) trials.Add(end(trial));
        return trials;
    }

    /// <summary>The trial with a value that depends only on its settings.</summary>
    public static TrialRecord Completed(TrialRecord trial)
    {
        var settings = Parameters.FromJson(trial.Parameters.GetRawText());
        var value = settings.Values.OfType<NumberValue>().Sum(number => Math.Sin(7 * number.Value))
            + settings.Values.OfType<IntegerValue>().Sum(number => number.Value);
        return trial with { State = TrialState.Completed, Values = [value], EndedAt = Noon.AddMinutes(trial.Number) };
    }

    public static string Settings(TrialRecord trial) => trial.Parameters.GetRawText();

    public static RunWithMetrics Run(
        RunState state, double? accuracy = null, string? reason = null, int repeat = 1, string group = $"{Name}-t1",
        double minute = 5) => new(
        new RunRecord
        {
            Id = RunNames.Run(group, repeat),
            Group = group,
            Repeat = repeat,
            Seed = 100 + repeat,
            State = state,
            Reason = reason is null ? null : new Reason.Note(reason),
            CreatedAt = Noon,
            StartedAt = Noon,
            EndedAt = state.IsFinal() ? Noon.AddMinutes(minute) : null,
            Attempts = 1,
        },
        accuracy is { } value ? [Metric("loss", 9), Metric("accuracy", value)] : []);

    private static MetricSummary Metric(string name, double last) =>
        new() { Name = name, Count = 2, First = 0.1, Last = last, Min = 0.1, Max = 0.1 };
}
