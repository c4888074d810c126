using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Sql.Tests;

/// <summary>A study in a <see cref="TestLedger"/>, with trials as its driver would record them.</summary>
internal static class SampleStudy
{
    public const string Name = "s7m2xqab";

    public static readonly OrderedDictionary<string, SearchDimension> Space = new()
    {
        ["lr"] = new RangeDimension { Min = 1e-4, Max = 0.1, Whole = false, Scale = RangeScale.Log },
        ["optimizer"] = new ChoiceDimension([new TextValue("sgd"), new TextValue("adam")], Ordered: false),
    };

    public static StudyRecord Study(string id = Name) => new()
    {
        Id = id,
        Root = "/p",
        Target = "local",
        CreatedAt = TestLedger.Start,
        Host = "here",
        Version = "1",
        GitCommit = "abc",
        GitBranch = "main",
        GitDirty = true,
        Spec = new StudySpec
        {
            Project = "iris",
            Metric = new MetricSpec("loss", MetricGoal.Minimize),
            Space = SpaceJson.Write(Space),
            Method = SweepMethod.LogEI,
            Seed = long.MinValue,
            Trials = 50,
            Parallel = 8,
            Synchronous = true,
            CostAware = true,
            Repeat = 2,
            Prune = new Pruning(PruningRule.Asha, First: 2, Factor: 4),
            Confirm = new Confirmation(Top: 2, Repeat: 7),
            Budget = new Budget(TimeSpan.FromHours(30), 12.5m),
            Start = [JsonElement.Parse("""{"lr":0.01}""")],
            Constraints = [new MetricLimit("latency_ms", 20, IsUpper: true), new MetricLimit("recall", 0.5, IsUpper: false)],
            From = "zzzzzzzz",
            Work = TestLedger.Work(),
        },
    };

    public static Task AddStudyAsync(this TestLedger test, string id = Name) =>
        test.Ledger.AddStudyAsync(Study(id), CancellationToken.None);

    public static TrialRecord Trial(int number, string study = Name) => new()
    {
        Study = study,
        Number = number,
        Parameters = JsonElement.Parse($$"""{"lr":{{number}}e-3,"optimizer":"sgd"}"""),
        Method = "thompson",
        Reason = new Reason.RandomPoint(),
        Seed = -number,
        AskedAt = TestLedger.Start.AddSeconds(number),
    };

    /// <summary>Adds a trial with a group of that many runs; 0 for a trial that runs outside Tenfold.</summary>
    public static Task<bool> AskAsync(this SqlLedger ledger, int number, int runs = 1, string study = Name)
    {
        var group = RunNames.Trial(study, number);
        return runs == 0
            ? ledger.AddTrialAsync(Trial(number, study), null, [], CancellationToken.None)
            : ledger.AddTrialAsync(
                Trial(number, study) with { Group = group }, TestLedger.Group(group, runs), TestLedger.Runs(group, runs),
                CancellationToken.None);
    }

    public static Task<bool> TellAsync(this SqlLedger ledger, int number, TrialState state, params double[] values) =>
        ledger.TellAsync(
            new TrialTell(Name, number, state, values, null, TestLedger.Start.AddSeconds(100 + number)), CancellationToken.None);

    public static Task<IReadOnlyList<TrialRecord>> TrialsAsync(this TestLedger test, string study = Name) =>
        test.Ledger.ListTrialsAsync(study, CancellationToken.None);

    public static PlannedGroup Confirmation(int number)
    {
        var group = RunNames.Confirmation(Name, number);
        return new PlannedGroup(TestLedger.Group(group, 2), TestLedger.Runs(group, 2));
    }
}
