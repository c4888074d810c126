using Microsoft.Data.Sqlite;
using Tenfold.App.Sweeping;
using Tenfold.App.Sweeping.Optuna;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;

namespace Tenfold.App.Tests.Sweeping.Optuna;

/// <summary>On a file that Optuna 3.1 made, and on the same studies in the tables of earlier versions.</summary>
public sealed class Studies_of_Optuna_are_learnt_from : IDisposable
{
    // The largest number of 32 bits stood for infinity, and distributions had other names.
    private const string Version210 =
        """
        CREATE TABLE v (trial_value_id INTEGER PRIMARY KEY, trial_id INTEGER NOT NULL, objective INTEGER NOT NULL, value FLOAT NOT NULL);
        INSERT INTO v SELECT trial_value_id, trial_id, objective, CASE value_type WHEN 'INF_POS' THEN 3.4028234663852886e+38
            WHEN 'INF_NEG' THEN -3.4028234663852886e+38 ELSE value END FROM trial_values;
        DROP TABLE trial_values;
        ALTER TABLE v RENAME TO trial_values;
        UPDATE trial_params SET distribution_json = '{"name": "LogUniformDistribution", "attributes": {"low": 0.0001, "high": 0.1}}'
            WHERE param_name = 'lr';
        UPDATE trial_params SET distribution_json = '{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 4, "step": 1}}'
            WHERE param_name = 'layers';
        UPDATE trial_params SET distribution_json = '{"name": "IntUniformDistribution", "attributes": {"low": 16, "high": 64, "step": 16}}'
            WHERE param_name = 'width';
        UPDATE trial_params SET distribution_json =
            '{"name": "IntLogUniformDistribution", "attributes": {"low": 8, "high": 512, "step": 1}}' WHERE param_name = 'batch';
        UPDATE trial_params SET distribution_json =
            '{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 0.5, "q": 0.1}}' WHERE param_name = 'dropout';
        UPDATE trial_params SET distribution_json = '{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 0.99}}'
            WHERE param_name = 'momentum';

        """;

    // A study had one direction and a trial one value; trial_values were those of the steps.
    private const string Version20 = Version210 +
        """
        ALTER TABLE studies ADD COLUMN direction VARCHAR(8);
        UPDATE studies SET direction = 'MAXIMIZE';
        DROP TABLE study_directions;
        ALTER TABLE trials ADD COLUMN value FLOAT;
        UPDATE trials SET value = (SELECT v.value FROM trial_values v WHERE v.trial_id = trials.trial_id);
        DROP TABLE trial_values;
        CREATE TABLE trial_values (trial_value_id INTEGER PRIMARY KEY, trial_id INTEGER, step INTEGER, value FLOAT);
        INSERT INTO trial_values VALUES (1, 1, 1, 0.5);
        DELETE FROM studies WHERE study_id = 2;
        DELETE FROM trials WHERE study_id = 2;
        """;

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Workspace _workspace = new((options, folder) => options with
    {
        Session = options.Session with { WorkingFolder = folder["project"] },
    });

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("3.1", "")]
    [InlineData("2.10", Version210)]
    [InlineData("2.0", Version20)]
    public async Task The_sweep_that_the_file_suggests_learns_from_all_finite_values(string version, string change)
    {
        Make("study.db", change);
        var source = (await OpenAsync("study.db#digits")).Value();
        source.Goal.ShouldBe(MetricGoal.Maximize, version);
        source.Trials.Select(trial => trial.Number).ShouldBe(Enumerable.Range(0, 13));
        (source.Trials[6].Values[0], source.Trials[7].Values[0]).ShouldBe((double.PositiveInfinity, double.NegativeInfinity));
        var text = OptunaSpace.Write(source, "study.db#digits").Value();
        text.ShouldContain("    lr: { min: 0.0001, max: 0.1, scale: log }\n");
        text.ShouldContain("    layers: { min: 1, max: 4 }\n    width: { min: 16, max: 64, step: 16 }\n");
        text.ShouldContain("    batch: { min: 8, max: 512, scale: log }\n    dropout: { min: 0.0, max: 0.5, step: 0.1 }\n");
        text.ShouldContain("    momentum: { min: 0.0, max: 0.99 }\n    optimizer: { values: [\"adam\", \"sgd\", null, true, 3, 0.5] }\n");
        _workspace.Configure(text);
        var plan = (await PlanAsync()).Value();
        plan.Notes.ShouldContain(
            "learns from 7 of the 13 trials of study.db#digits; left out: 2 failed, 1 not ended, 1 pruned, 2 without a finite value");
        var spec = plan.Study.Spec;
        spec.From.ShouldBe("study.db#digits");
        spec.Earlier.Select(trial => trial.Number).ShouldBe([0, 1, 2, 8, 9, 10, 11]);
        var first = spec.Earlier[0];
        first.Values.ShouldBe([0.9699324751542958]);
        first.Parameters.GetProperty("optimizer").GetDouble().ShouldBe(0.5);
        first.Parameters.GetProperty("layers").GetRawText().ShouldBe("3");
        spec.Earlier.ShouldAllBe(trial => trial.Parameters.GetProperty("dropout").GetRawText().Length <= 3);
        var suggester = new TrialSuggester(plan.Study, SearchMethods.Create(spec.Method));
        var next = suggester.Next([], plan.Study.CreatedAt).Trial!;
        next.Reason.ShouldBe(new Core.Reasons.Reason.BestOfEarlierStudy("study.db#digits", 11));
    }

    [Fact]
    public async Task A_narrower_sweep_leaves_trials_out_and_says_why()
    {
        Make("study.db");
        _workspace.Configure(Sweep.Replace("layers: { min: 1, max: 4 }", "layers: { min: 3, max: 4 }"));
        var plan = (await PlanAsync("study.db#digits")).Value();
        plan.Study.Spec.Earlier.Count.ShouldBeInRange(1, 6);
        plan.Notes.ShouldHaveSingleItem().ShouldContain("outside this sweep's space (in trial ");
    }

    [Fact]
    public async Task A_parameter_that_the_sweep_does_not_have_counts_with_the_projects_value_only()
    {
        Make("study.db");
        _workspace.Configure(Sweep.Replace("layers: { min: 1, max: 4 }, ", ""));
        (await PlanAsync("study.db#digits")).Refusal().Message.ShouldContain("neither the sweep nor train.params has that");
        _workspace.Write("tenfold.yaml", Project.Replace("metric:", "params: { layers: 3 }\n  metric:") +
            Sweep.Replace("layers: { min: 1, max: 4 }, ", ""));
        (await PlanAsync("study.db#digits")).Value().Study.Spec.Earlier.Count.ShouldBeInRange(1, 6);
    }

    [Theory]
    [InlineData("study.db", "has 2 studies: digits, two", RefusalKind.BadInput)]
    [InlineData("study.db#two", "has 2 objectives", RefusalKind.BadInput)]
    [InlineData("study.db#three", "has no study three; it has digits, two", RefusalKind.NotFound)]
    [InlineData("other.db", "there is no file", RefusalKind.NotFound)]
    [InlineData("tenfold.yaml", "not an SQLite database", RefusalKind.BadInput)]
    [InlineData("postgresql://ann:secret@host/db", "postgresql://… is not a file", RefusalKind.BadInput)]
    [InlineData("plain.db", "not one of Optuna", RefusalKind.BadInput)]
    public async Task A_source_without_a_study_is_refused(string from, string why, RefusalKind kind)
    {
        Make("study.db");
        Execute("plain.db", "CREATE TABLE studies (id INTEGER)");
        _workspace.Configure(Sweep);
        var refusal = (await PlanAsync(from)).Refusal();
        refusal.Kind.ShouldBe(kind);
        refusal.Message.ShouldContain(why);
        refusal.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Another_direction_and_a_foreign_distribution_are_refused()
    {
        Make("study.db");
        _workspace.Write("tenfold.yaml", Project.Replace("maximize", "minimize") + Sweep);
        (await PlanAsync("study.db#digits")).Refusal().Message.ShouldContain("maximizes its objective, and this sweep minimizes accuracy");
        _workspace.Write("tenfold.yaml", Project + Sweep);
        Execute("study.db", """
            UPDATE trial_params SET distribution_json = '{"name": "CategoricalDistribution", "attributes": {"choices": [{"a": 1}]}}'
            WHERE param_name = 'optimizer'
            """);
        (await PlanAsync("study.db#digits")).Refusal().Message.ShouldContain("the parameter optimizer of trial 0");
        OptunaSpace.Write((await OpenAsync("study.db#digits")).Value(), "x").Refusal().Message
            .ShouldContain("optimizer has the distribution");
    }

    [Theory]
    [InlineData("study.db", "study.db#digits #2")]
    [InlineData("stu#dy.db", "stu#dy.db#digits #2")]
    public async Task A_study_or_a_file_with_the_sign_in_its_name_is_found(string file, string from)
    {
        Make(file, ";UPDATE studies SET study_name = 'digits #2' WHERE study_name = 'digits'");
        (await OpenAsync(from)).Value().Study.Name.ShouldBe("digits #2");
        (await OpenAsync($"{file}#digits")).Refusal().Message.ShouldContain("has no study digits; it has digits #2, two");
        (await OpenAsync($"x{file}#digits")).Refusal().Message.ShouldContain("there is no file");
    }

    [Theory]
    [InlineData("0.3", "dropout: max 0.5 is not on its steps, so the largest value that is tried is 0.3")]
    [InlineData("0.1", null)]
    [InlineData("0.25", null)]
    public async Task A_largest_value_that_is_never_tried_is_named(string step, string? note)
    {
        _workspace.Configure(
            "sweep: { method: sobol, trials: 2, parameters: { dropout: { min: 0.0, max: 0.5, step: " + step + " }, "
            + "width: { min: 16, max: 64 } } }");
        (await PlanAsync()).Value().Notes.Where(one => one.Contains("steps", StringComparison.Ordinal))
            .ShouldBe(note is null ? [] : [note]);
    }

    [Fact]
    public async Task A_pushed_commit_reads_no_file_and_the_file_is_not_changed()
    {
        Make("study.db");
        _workspace.Configure(Sweep);
        var request = new SweepRequest { Folder = _workspace.Project, From = "sqlite:///study.db#digits", HasWork = false };
        (await new StudyPlanner(_workspace.Services).PlanAsync(request with { IsPushed = true }, None)).Refusal().Message
            .ShouldContain("a pushed commit");
        var before = File.ReadAllBytes($"{_workspace.Project}/study.db");
        (await new StudyPlanner(_workspace.Services).PlanAsync(request, None)).Value().Study.Spec.Earlier.Count.ShouldBe(7);
        File.ReadAllBytes($"{_workspace.Project}/study.db").ShouldBe(before);
        Directory.GetFiles(_workspace.Project, "study.db-*").ShouldBeEmpty();
    }

    private const string Project = "name: toy\ntrain:\n  command: sh train.sh\n  metric: { name: accuracy, goal: maximize }\n";

    private const string Sweep =
        "sweep: { method: sobol, parameters: { lr: { min: 1e-4, max: 1e-1, scale: log }, layers: { min: 1, max: 4 }, " +
        "width: { values: [16, 32, 48, 64] }, batch: { min: 8, max: 512 }, dropout: { min: 0.0, max: 0.5, step: 0.1 }, " +
        "momentum: { min: 0.0, max: 0.99 }, optimizer: { values: [adam, sgd, null, true, 3, 0.5] } } }";

    private Task<Outcome<OptunaSource>> OpenAsync(string from) => new OptunaImport(_workspace.Services).OpenAsync(from, null, None);

    private Task<Outcome<StudyPlan>> PlanAsync(string? from = null) => new StudyPlanner(_workspace.Services).PlanAsync(
        new SweepRequest { Folder = _workspace.Project, From = from, HasWork = false }, None);

    private void Make(string name, string change = "")
    {
        var dump = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sweeping/Optuna/optuna-3.1.sql"));
        Execute(name, dump + change);
    }

    private void Execute(string name, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_workspace.Project}/{name};Pooling=false;Foreign Keys=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
