using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Studies;

namespace Tenfold.Reports.Tests;

/// <summary>
/// Studies as a ledger returns them, from a seeded random search on a surface like that of a small network on digits.
/// </summary>
internal static class StudyFixture
{
    public const double Noise = 0.004;

    public static IReadOnlyDictionary<string, SearchDimension> Digits { get; } = new OrderedDictionary<string,
        SearchDimension>(StringComparer.Ordinal)
    {
        ["learning_rate"] = new RangeDimension { Min = 1e-4, Max = 1, Whole = false, Scale = RangeScale.Log },
        ["hidden"] = new RangeDimension { Min = 8, Max = 256, Whole = true, Scale = RangeScale.Log },
        ["optimizer"] = new ChoiceDimension([new TextValue("sgd"), new TextValue("adam"), new TextValue("rmsprop")], Ordered: false),
        ["momentum"] = new RangeDimension
        {
            Min = 0,
            Max = 0.99,
            Whole = false,
            When = new Dictionary<string,
            IReadOnlyList<ParameterValue>>
            { ["optimizer"] = [new TextValue("sgd")] }
        },
        ["dropout"] = new RangeDimension { Min = 0, Max = 0.6, Whole = false, Step = 0.05 },
        ["batch"] = new ChoiceDimension([new IntegerValue(16), new IntegerValue(32), new IntegerValue(64), new IntegerValue(128)],
            Ordered: true),
        ["layers"] = new RangeDimension { Min = 1, Max = 4, Whole = true },
        ["epochs"] = new FixedDimension(new IntegerValue(40)),
    };

    /// <summary>The true accuracy of settings.</summary>
    public static double Surface(Parameters settings)
    {
        var rate = Math.Log10(Number(settings["learning_rate"]));
        var hidden = Math.Log2(Number(settings["hidden"]));
        var optimum = settings["optimizer"].Text switch
        {
            "sgd" => -0.8 - Math.Min(1, Number(settings["momentum"])),
            "adam" => -2.6,
            _ => -2.9
        };
        var miss = (rate - optimum) * (rate - optimum);
        var accuracy = 0.972 - (0.035 * miss) - (0.004 * (hidden - 6.3) * (hidden - 6.3))
            - (0.05 * Math.Pow(Number(settings["dropout"]) - 0.2, 2))
            - (0.002 * Math.Abs(Number(settings["layers"]) - 2)) - (settings["optimizer"].Text == "rmsprop"
                ? 0.006 : 0) - (0.001 * Math.Abs(Math.Log2(Number(settings["batch"])) - 5));
        return Math.Max(0.1, accuracy);
    }

    public static StudyRecord Study(IReadOnlyDictionary<string, SearchDimension>? space = null, MetricGoal goal = MetricGoal.Maximize,
        string metric = "accuracy") => new()
        {
            Id = "swift-otter",
            Root = "/home/ada/digits",
            Target = "local",
            CreatedAt = Fixture.Start,
            Host = "ada-laptop",
            Version = "0.2.0",
            GitCommit = "5d4b54e0c1f2a3948576b1a2c3d4e5f60718293a",
            GitBranch = "main",
            GitDirty = false,
            State = StudyState.Finished,
            EndedAt = Fixture.Start.AddMinutes(95),
            Spec = new()
            {
                Project = "digits",
                Metric = new(metric, goal),
                Space = SpaceJson.Write(space ?? Digits),
                Method = SweepMethod.Auto,
                Seed = 42,
                Trials = 60,
                Parallel = 8,
                Budget = new(TimeSpan.FromHours(2)),
                Work = Fixture.Group("aaaaaaaa").Spec,
            },
        };

    /// <summary>A study of trials on eight workers. Three trials fail; with pruning, some are pruned.</summary>
    public static StudyReportInput Search(int trials, bool isPruned = false, MetricGoal goal = MetricGoal.Maximize, int repeat = 1,
        long seed = 7)
    {
        var (space, random) = (new SearchSpace(Digits), new Random((int)seed));
        var (records, rungs, spans) = (new List<TrialRecord>(), new List<RungRecord>(), new List<TrialSpan>());
        var free = new double[8];
        for (var number = 1; number <= trials; number++)
        {
            // Later trials search near good settings, as a model would.
            var point = space.Snap([.. space.Axes.Select(_ => random.NextDouble())]);
            var best = records.Where(one => one.State == TrialState.Completed).MaxBy(one => Sign(goal) * one.Value!.Value);
            if (number > trials / 3 && best is not null && random.NextDouble() < 0.7)
            {
                var near = space.Encode(Parameters.FromJson(best.Parameters.GetRawText()))!;
                point = space.Snap([.. near.Select(x => x + ((random.NextDouble() - 0.5) * 0.35))]);
            }

            var settings = space.Decode(point);
            var (truth, worker) = (Surface(settings), Array.IndexOf(free, free.Min()));
            var (start, seconds) = (free[worker], 40 + (random.NextDouble() * 50) + (Number(settings["hidden"]) / 4));
            var state = number % 19 == 11 || (truth < 0.62 && number % 2 == 0) ? TrialState.Failed : TrialState.Completed;
            double[] values = [.. Enumerable.Range(0, repeat).Select(_ => Metric(truth + (Noise * Gauss(random)), goal))];
            var why = state == TrialState.Failed ? "exit code 3: loss is NaN at epoch 3" : null;
            if (isPruned && state == TrialState.Completed)
            {
                foreach (var rung in new long[] { 4, 13, 40 }[..2])
                {
                    var there = Metric(truth - (0.25 / rung) + (2 * Noise * Gauss(random)), goal);
                    var sorted = rungs.Where(one => one.Rung == rung).Select(one => Sign(goal) * one.Value).Order().ToArray();
                    var against = sorted.Length < 3 ? (double?)null : Sign(goal) * sorted[sorted.Length * 3 / 5];
                    var isEnded = against is { } limit && Sign(goal) * there < Sign(goal) * limit;
                    rungs.Add(new(number, rung, there, Fixture.Start.AddSeconds(start + (seconds * rung / 40)), isEnded, against));
                    if (!isEnded) continue;
                    (state, seconds, why) = (TrialState.Pruned, seconds * rung / 40,
                        $"at step {rung}: {there:0.0000} against {against:0.0000}");
                    break;
                }
            }

            free[worker] = start + seconds + 1.5;
            var ended = Fixture.Start.AddSeconds(start + seconds);
            spans.Add(new(number, Fixture.Start.AddSeconds(start), ended, "ada-laptop"));
            records.Add(Trial(number, settings.ToJson(), state, state == TrialState.Completed ? values : []) with
            {
                Method = number <= 10 ? "sobol" : "thompson",
                Reason = number <= 10 ? new Reason.SobolPoint(number) : new Reason.PosteriorDraw(0.9, 0.01),
                AskedAt = Fixture.Start.AddSeconds(start),
                EndedAt = ended,
                Why = why is null ? null : new Reason.Note(why),
            });
        }

        var study = Study(goal: goal, metric: goal == MetricGoal.Maximize ? "accuracy" : "loss");
        return new()
        {
            Study = study with
            {
                Spec = study.Spec with
                {
                    Prune = isPruned ? new(PruningRule.Asha, 4) : null,
                    Repeat = repeat,
                    Trials = trials
                }
            },
            Trials = records,
            Rungs = rungs,
            Spans = spans,
            Model = Model(space, goal, records),
            Now = Fixture.Now,
        };
    }

    /// <summary>A study whose best three trials were run again ten times.</summary>
    public static StudyReportInput Confirmed(StudyReportInput input, int top = 3)
    {
        var goal = input.Study.Spec.Metric.Goal;
        var random = new Random(3);
        // The first finalist is the best by the model, as in a sweep.
        var space = new SearchSpace(Digits);
        var best = input.Trials.Where(trial => trial.Values.Count > 0)
            .OrderByDescending(trial => input.Model!.Mean(space.Encode(Parameters.FromJson(trial.Parameters.GetRawText()))!))
                .Take(top).ToArray();
        // The seed shifts all finalists equally.
        double[] shared = [.. Enumerable.Range(0, 10).Select(_ => 0.6 * Noise * Gauss(random))];
        ConfirmedTrial[] finalists =
        [
            .. best.Select((trial, i) => new ConfirmedTrial(trial.Number, new(
                Fixture.Group($"finalist{i}"[..8], trial.Parameters.GetRawText()),
                [.. shared.Select((common, k) => Fixture.Run($"finalist{i}"[..8], k + 1, Fixture.Metric(input.Study.Spec.Metric.Name,
                    Metric(Surface(Parameters.FromJson(trial.Parameters.GetRawText())) + common + (0.8 * Noise * Gauss(random)),
                        goal))))]))),
        ];
        var last = input.Spans.Max(span => span.End!.Value);
        return input with
        {
            Study = input.Study with { Spec = input.Study.Spec with { Confirm = new(top, 10) } },
            Confirmed = finalists,
            Spans = [.. input.Spans, .. Enumerable.Range(0, 10 * top)
                .Select(i => new TrialSpan(best[i / 10].Number, last.AddSeconds(i / 8 * 72), last.AddSeconds((i / 8 * 72) + 60 + (i % 5)),
                "ada-laptop", IsConfirmation: true))],
        };
    }

    public static TrialRecord Trial(int number, string parameters, TrialState state, params IReadOnlyList<double> values) => new()
    {
        Study = "swift-otter",
        Number = number,
        Parameters = JsonDocument.Parse(parameters).RootElement,
        Method = "random",
        Reason = new Reason.RandomPoint(),
        Seed = number,
        AskedAt = Fixture.Start.AddSeconds(number),
        EndedAt = state == TrialState.Running ? null : Fixture.Start.AddSeconds(number + 30),
        State = state,
        Values = values,
    };

    /// <summary>The surface itself as a model, with less confidence far from the trials; larger is better.</summary>
    public static StudyModel Model(SearchSpace space, MetricGoal goal, IReadOnlyList<TrialRecord> trials)
    {
        var known = trials.Where(trial => trial.Values.Count > 0)
            .Select(trial => space.Encode(Parameters.FromJson(trial.Parameters.GetRawText()))!).ToArray();
        return new(Mean, point => (Mean(point), known.Length == 0
            ? 0.03 : 0.002 + (0.02 * known.Min(other => Math.Sqrt(point.Zip(other, (a, b) => (a - b) * (a - b)).Sum())))));

        double Mean(double[] point) => Sign(goal) * Metric(Surface(space.Decode(point)), goal);
    }

    public static double Metric(double accuracy, MetricGoal goal) => goal == MetricGoal.Maximize ? accuracy : 4 * (1 - accuracy);

    private static int Sign(MetricGoal goal) => goal == MetricGoal.Maximize ? 1 : -1;

    private static double Number(ParameterValue value) => value is IntegerValue whole ? whole.Value : ((NumberValue)value).Value;

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
