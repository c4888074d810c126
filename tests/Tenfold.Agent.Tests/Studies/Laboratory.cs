using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Core.Tests.Control;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Sql;

namespace Tenfold.Agent.Tests.Studies;

/// <summary>A study with a real ledger and store, a target in memory, and a clock that stands still until it is moved.</summary>
internal sealed class Laboratory : IDisposable
{
    public const string Name = "s7m2xqab";

    private static readonly OrderedDictionary<string, SearchDimension> Space = new()
    {
        ["x"] = new RangeDimension
        {
            Min = 0,
            Max = 1,
            Whole = false,
        }
    };

    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;
    private readonly Dictionary<string, DateTimeOffset> _begun = [];

    public Laboratory(Func<StudySpec, StudySpec>? change = null, decimal? usdPerHour = null)
    {
        (_store, UsdPerHour) = (new FolderStore(_folder["store"]), usdPerHour);
        Ledger = Open();
        var spec = new StudySpec
        {
            Project = "test",
            Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
            Space = SpaceJson.Write(Space),
            Method = SweepMethod.Sobol,
            Trials = 4,
            Parallel = 2,
            Work = new WorkSpec
            {
                Project = "test",
                Snapshot = "0",
                Environment = new EnvironmentSpec("system"),
                Parameters = JsonElement.Parse("{}"),
            },
        };
        Study = new StudyRecord
        {
            Id = Name,
            Root = "/",
            Target = "fake",
            CreatedAt = Time.Now,
            Host = "here",
            Version = "1",
            Spec = change?.Invoke(spec) ?? spec,
        };
        Ledger.AddStudyAsync(Study, CancellationToken.None).GetAwaiter().GetResult();
    }

    // Drivers are killed here by an exception, and their process lives on: the next one must know all the same that the holder of a lease
    // is dead.
    private static string Dead { get; } = $"here/{Environment.ProcessId}/1/{ProcessTable.Machine}/0";

    public StudyRecord Study { get; }

    public SqlLedger Ledger { get; }

    public FakeTarget Target { get; } = new();

    public FrozenClock Time { get; } = new();

    private decimal? UsdPerHour { get; }

    /// <summary>The ledger as another process would have it.</summary>
    public SqlLedger Open() => new(new SqliteDatabase(_folder["ledger.db"]), WorkKey.OfHome(_folder.Path));

    /// <summary>A driver as another process would have it.</summary>
    public StudyDriver Driver()
    {
        var ledger = Open();
        return Driver(ledger, ledger);
    }

    public StudyDriver Driver(ILedger ledger, IStudyLedger studies) => new(
        ledger, studies, new Controller(ledger, new FakeTargetResolver(Target, _store), _ => null, Time, Dead), Study,
        SearchMethods.Create(Study.Spec.Method), UsdPerHour, Time);

    public Task<IReadOnlyList<TrialRecord>> TrialsAsync() => Ledger.ListTrialsAsync(Name, CancellationToken.None);

    public async Task<string> StatesAsync() =>
        string.Join(' ', (await TrialsAsync()).Select(trial => trial.State.ToString().ToLowerInvariant()));

    public async Task<StudyRecord> FindStudyAsync() => (await Ledger.FindStudyAsync(Name, CancellationToken.None))!;

    /// <summary>Ends a trial's run well, with this accuracy.</summary>
    public Task EndAsync(int trial, double accuracy, int repeat = 1) =>
        EndRunAsync(RunNames.Run(RunNames.Trial(Name, trial), repeat), accuracy);

    /// <summary>Ends a run well.</summary>
    public async Task EndRunAsync(string run, params double[] accuracies)
    {
        var attempt = await PrintAsync(run, accuracies);
        await ReportAsync(attempt, AttemptState.Succeeded);
        Target.Has.Remove(attempt);
    }

    /// <summary>Lets a run print these accuracies, from step 1.</summary>
    public async Task<string> PrintAsync(string run, params double[] accuracies)
    {
        var attempt = Latest(run);
        if (Target.Has[attempt].Kind == BackendKind.Waiting) Begin(attempt);
        await ReportAsync(attempt, AttemptState.Running);
        await new AttemptReports(_store).WriteMetricsAsync(
            attempt,
            [
                new MetricSummary
                {
                    Name = "accuracy", Count = accuracies.Length, First = accuracies[0], Last = accuracies[^1], Min = accuracies.Min(),
                    Max = accuracies.Max(),
                    LastStep = accuracies.Length, Series = [.. accuracies.Select((value, i) => new MetricPoint(i + 1, value))],
                },
            ],
            CancellationToken.None);
        return attempt;
    }

    /// <summary>All that was handed over begins to run.</summary>
    public async Task BeginAsync()
    {
        foreach (var attempt in Target.Has.Where(one => one.Value.Kind == BackendKind.Waiting).Select(one => one.Key).ToList())
        {
            Begin(attempt);
            await ReportAsync(attempt, AttemptState.Running);
        }
    }

    /// <summary>The machine of a trial's run goes away.</summary>
    public void Lose(int trial) => Target.Has.Remove(Latest(RunNames.Run(RunNames.Trial(Name, trial), 1)));

    /// <summary>What was asked to stop, stops.</summary>
    public async Task ObeyAsync()
    {
        foreach (var attempt in Target.Stopped.Distinct().Where(Target.Has.ContainsKey).ToList())
        {
            await ReportAsync(attempt, AttemptState.Cancelled);
            Target.Has.Remove(attempt);
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Begin(string attempt)
    {
        Target.Has[attempt] = new BackendState(BackendKind.Running);
        _begun[attempt] = Time.Now;
    }

    private string Latest(string run) =>
        Target.Started.Last(assignment => assignment.Attempt.StartsWith(run + "-", StringComparison.Ordinal)).Attempt;

    private Task ReportAsync(string attempt, AttemptState state) => new AttemptReports(_store).WriteAsync(
        attempt,
        new AttemptReport
        {
            State = state,
            StartedAt = _begun[attempt],
            EndedAt = state == AttemptState.Running ? null
            : Time.Now,
            Process = 7
        },
        CancellationToken.None);
}
