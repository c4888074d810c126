using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects.Tests;

public sealed class Project_files_are_read
{
    [Fact]
    public void The_example_project_is_read()
    {
        var project = Samples.Read(Samples.Whole);
        project.Name.ShouldBe("iris");
        project.Train.Command.ShouldBe("python train.py --lr {learning_rate} --seed {seed}");
        project.Train.Environment.ShouldBe(new TrainingEnvironment(EnvironmentKind.Requirements, "requirements.txt"));
        project.Train.Data["train"].Text.ShouldBe("data/iris.csv");
        project.Train.Params.Keys.ShouldBe(["learning_rate", "epochs"]);
        project.Train.Metric.ShouldBe(new TrainingMetric("accuracy", MetricGoal.Maximize));
        project.Train.Metrics["loss"].ShouldBe("loss=([0-9.]+)");
        project.Train.EarlyStopping.ShouldBe(new EarlyStopping { Metric = "loss", Patience = 3, Goal = MetricGoal.Minimize, MinDelta = 0 });
        project.Train.Exclude.ShouldBe(["*.ckpt"]);
        project.Train.Secrets.ShouldBe(["HF_TOKEN"]);
        project.Resources.ShouldBe(new Resources
        {
            Cpus = 2,
            MemoryBytes = 4_000_000_000,
            Gpus = 0,
            Spot = true,
            MaxRuntime = TimeSpan.FromHours(2),
            Retries = 2,
            LostRetries = 20,
        });
        project.Repeat.ShouldBe(10);
        project.Serve.ShouldBe(new ServePart { Command = "python serve.py", Input = "input.schema.json" });
        project.Store!.Bucket.ShouldBe("my-bucket");
        project.Store.Key.ShouldBe("tenfold");
    }

    [Fact]
    public void The_example_sweep_is_read()
    {
        var sweep = Samples.Read(Samples.Whole).Sweep!;
        sweep.Method.ShouldBe(SweepMethod.Thompson);
        sweep.Trials.ShouldBe(50);
        sweep.Parallel.ShouldBe(8);
        sweep.Prune.ShouldBe(new Pruning(PruningRule.Asha));
        sweep.Confirm.ShouldBe(new Confirmation(3, 10));
        var range = sweep.Parameters["learning_rate"].ShouldBeOfType<RangeDimension>();
        (range.Min, range.Max, range.Scale, range.Whole, range.Step).ShouldBe((1e-4, 0.1, RangeScale.Log, false, null));
        sweep.Parameters["hidden"].ShouldBeOfType<ChoiceDimension>()
            .Values.ShouldBe([new IntegerValue(16), new IntegerValue(32), new IntegerValue(64)]);
    }

    [Fact]
    public void A_serve_part_with_all_keys_is_read()
    {
        var serve = Samples.Read(Samples.Minimal + """
            serve:
              command: python serve.py --port {port} --host ${HOST}
              input: input.json
              sample: sample.json
              test: python test_service.py
              replicas: 3
              gate: { compare: "1.0.0", require: not_worse, margin: 0.002 }
              redact: [ /user/email, /rows/*/a~1b ]
              timeout: 30s
              start_timeout: 2m
              max_body: 1MiB
            """).Serve!;
        (serve with { Redact = [] }).ShouldBe(new ServePart
        {
            Command = "python serve.py --port {port} --host ${HOST}",
            Input = "input.json",
            Sample = "sample.json",
            Test = "python test_service.py",
            Replicas = 3,
            Gate = new Gate("1.0.0", GateRequirement.NotWorse) { Margin = 0.002 },
            Timeout = TimeSpan.FromSeconds(30),
            StartTimeout = TimeSpan.FromMinutes(2),
            MaxBodyBytes = 1 << 20,
        });
        serve.Redact.ShouldBe(["/user/email", "/rows/*/a~1b"]);
    }

    [Fact]
    public void Absent_keys_have_defaults()
    {
        var project = Samples.Read(Samples.Minimal);
        project.Train.Environment.ShouldBe(TrainingEnvironment.System);
        project.Train.Script.ShouldBeNull();
        project.Train.Params.ShouldBeEmpty();
        project.Train.Metric.ShouldBeNull();
        project.Train.EarlyStopping.ShouldBeNull();
        project.Resources.ShouldBe(
            new Resources { Cpus = 1, MemoryBytes = null, Gpus = 0, Spot = false, MaxRuntime = null, Retries = 0, LostRetries = 3 });
        project.Repeat.ShouldBe(1);
        (project.Sweep, project.Serve, project.Store).ShouldBe((null, null, null));
        project.Targets.ShouldBeEmpty();
    }

    [Fact]
    public void A_part_with_all_its_lines_commented_out_counts_as_absent()
    {
        var project = Samples.Read("name: a\ntrain:\n  script: a.py\n  params:\n  exclude:\nresources:\ntargets:\n  # cluster: …\n");
        project.Train.Params.ShouldBeEmpty();
        project.Resources.ShouldBe(new Resources());
    }

    [Theory]
    [InlineData("system", EnvironmentKind.System)]
    [InlineData("env/requirements-dev.txt", EnvironmentKind.Requirements)]
    [InlineData("environment.yml", EnvironmentKind.Conda)]
    [InlineData("conda.yaml", EnvironmentKind.Conda)]
    [InlineData("Dockerfile", EnvironmentKind.Dockerfile)]
    [InlineData("docker/Dockerfile.gpu", EnvironmentKind.Dockerfile)]
    [InlineData("gpu.Dockerfile", EnvironmentKind.Dockerfile)]
    [InlineData("python:3.12-slim", EnvironmentKind.Image)]
    [InlineData("ghcr.io/me/train", EnvironmentKind.Image)]
    [InlineData("me/train@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", EnvironmentKind.Image)]
    public void The_kind_of_an_environment_follows_from_its_text(string text, EnvironmentKind kind)
    {
        var environment = Samples.Read($"name: a\ntrain: {{ command: x, environment: '{text}' }}").Train.Environment;
        environment.ShouldBe(new TrainingEnvironment(kind, kind == EnvironmentKind.System ? null : text));
    }

    [Theory]
    [InlineData("4GB", 4_000_000_000)]
    [InlineData("512MB", 512_000_000)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("1.5 GB", 1_500_000_000)]
    [InlineData("64KiB", 65_536)]
    public void A_size_has_a_unit(string text, long bytes) =>
        Samples.Read(Samples.Minimal + $"resources: {{ memory: {text} }}").Resources.MemoryBytes.ShouldBe(bytes);

    [Theory]
    [InlineData("2h", 7200)]
    [InlineData("90m", 5400)]
    [InlineData("30s", 30)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d", 86_400)]
    [InlineData("1d2h3m4s", 93_784)]
    public void A_time_has_units(string text, int seconds) =>
        Samples.Read(Samples.Minimal + $"resources: {{ max_runtime: {text} }}")
            .Resources.MaxRuntime.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("1e-4", "1e-4", typeof(NumberValue))]
    [InlineData("1e-5", "1e-5", typeof(NumberValue))]
    [InlineData("0.01", "0.01", typeof(NumberValue))]
    [InlineData("60", "60", typeof(IntegerValue))]
    [InlineData("60.0", "60.0", typeof(NumberValue))]
    [InlineData("+5", "5", typeof(IntegerValue))]
    [InlineData("-.5", "-0.5", typeof(NumberValue))]
    [InlineData("1E3", "1E3", typeof(NumberValue))]
    [InlineData("1e300", "1e300", typeof(NumberValue))]
    [InlineData("0x10", "16", typeof(IntegerValue))]
    [InlineData("0o17", "15", typeof(IntegerValue))]
    [InlineData("true", "true", typeof(BooleanValue))]
    [InlineData("yes", "yes", typeof(TextValue))]
    [InlineData("no", "no", typeof(TextValue))]
    [InlineData("off", "off", typeof(TextValue))]
    [InlineData("'60'", "60", typeof(TextValue))]
    [InlineData("!!str 60", "60", typeof(TextValue))]
    [InlineData("1e", "1e", typeof(TextValue))]
    [InlineData("1.2.3", "1.2.3", typeof(TextValue))]
    [InlineData("2026-11-22", "2026-11-22", typeof(TextValue))]
    [InlineData("nan", "nan", typeof(TextValue))]
    [InlineData("[16, 0.5, a, true]", "[16,0.5,\"a\",true]", typeof(ListValue))]
    [InlineData("", "", typeof(RequiredValue))]
    [InlineData("~", "", typeof(RequiredValue))]
    public void A_parameter_has_the_type_of_its_value(string yaml, string text, Type type)
    {
        var value = Samples.Read($"name: a\ntrain:\n  command: x\n  params:\n    p: {yaml}\n").Train.Params["p"];
        value.ShouldBeOfType(type);
        value.Text.ShouldBe(text);
    }

    [Fact]
    public void Early_stopping_inherits_the_goal_of_the_same_metric() =>
        Samples.Read("name: a\ntrain: { command: x, metric: { name: auc, goal: maximize }, "
            + "early_stopping: { metric: auc, patience: 1, min_delta: 0.01 } }")
            .Train.EarlyStopping.ShouldBe(new EarlyStopping { Metric = "auc", Patience = 1, Goal = MetricGoal.Maximize, MinDelta = 0.01 });

    [Fact]
    public void Early_stopping_can_have_its_own_goal() =>
        Samples.Read("name: a\ntrain: { command: x, metric: { name: auc, goal: maximize }, "
            + "early_stopping: { metric: auc, patience: 1, goal: minimize } }")
            .Train.EarlyStopping!.Goal.ShouldBe(MetricGoal.Minimize);

    [Fact]
    public void A_sweep_has_ranges_values_fixed_values_and_conditions()
    {
        var sweep = Samples.Read("""
            name: a
            train: { script: a.py, params: { opt: sgd, momentum: 0.9, layers: 2, width: 8.0, kind: }, metric: { name: m, goal: maximize } }
            sweep:
              parameters:
                opt: { values: [sgd, adam], ordered: false }
                momentum: { min: 0, max: 1, step: 0.1, when: { opt: sgd } }
                layers: { min: 1, max: 8, when: { opt: [sgd, adam] } }
                width: 16
                kind: x
              start: [ { opt: adam, layers: 3 }, { opt: sgd, momentum: 0.5 } ]
              from: k7m2xqab
              repeat: 3
            """).Sweep!;
        sweep.Method.ShouldBe(SweepMethod.Auto);
        sweep.Parameters["momentum"].ShouldBeOfType<RangeDimension>().Whole.ShouldBeFalse();
        sweep.Parameters["momentum"].When["opt"].ShouldBe([new TextValue("sgd")]);
        sweep.Parameters["layers"].ShouldBeOfType<RangeDimension>().Whole.ShouldBeTrue();
        sweep.Parameters["width"].ShouldBe(new FixedDimension(new IntegerValue(16)) { When = sweep.Parameters["width"].When });
        sweep.Start[0].ToJson().ShouldBe("""{"opt":"adam","layers":3}""");
        (sweep.From, sweep.Repeat, sweep.Trials, sweep.Confirm).ShouldBe(("k7m2xqab", 3, null, null));
    }

    [Theory]
    [InlineData("asha", PruningRule.Asha, null, 3)]
    [InlineData("median", PruningRule.Median, null, 3)]
    [InlineData("hyperband", PruningRule.Hyperband, null, 3)]
    [InlineData("{ rule: median }", PruningRule.Median, null, 3)]
    [InlineData("{ rule: asha, first: 200, factor: 4 }", PruningRule.Asha, 200, 4)]
    [InlineData("{ rule: asha, max_steps: 81 }", PruningRule.Asha, null, 3, 81)]
    public void Pruning_is_a_word_or_a_mapping(string text, PruningRule rule, int? first, int factor, int? steps = null) =>
        Sweep($"prune: {text}").Prune.ShouldBe(new Pruning(rule, first, factor, steps));

    [Fact]
    public void Pruning_can_be_none() => Sweep("prune: none").Prune.ShouldBeNull();

    [Fact]
    public void A_sweep_can_have_a_budget()
    {
        Sweep("budget: { time: 2h, cost: 19.99 }").Budget.ShouldBe(new Budget(TimeSpan.FromHours(2), 19.99m));
        Sweep("budget: { cost: 20 }").Budget.ShouldBe(new Budget(null, 20));
        Sweep("budget: { time: 90m }").Budget.ShouldBe(new Budget(TimeSpan.FromMinutes(90)));
    }

    [Fact]
    public void A_sweep_can_be_synchronous_and_have_a_seed()
    {
        var sweep = Sweep("synchronous: true, cost_aware: true, seed: 7");
        (sweep.Synchronous, sweep.CostAware, sweep.Seed).ShouldBe((true, true, 7));
    }

    [Fact]
    public void A_minimal_sweep_has_defaults()
    {
        var it = Sweep("method: auto");
        (it.Synchronous, it.CostAware, it.Seed, it.Prune, it.Budget, it.Repeat).ShouldBe((false, false, 0, null, null, 1));
    }

    [Fact]
    public void A_range_is_whole_when_it_and_its_parameter_are_written_without_a_point()
    {
        var space = Samples.Read(
            "name: a\ntrain: { command: x, params: { a: 0.9, b: 1, c: }, metric: { name: m, goal: maximize } }\n"
            + "sweep: { parameters: { a: { min: 0, max: 1 }, b: { min: 0, max: 9 }, c: { min: 0, max: 9 } } }").Sweep!.Parameters;
        space.Values.Cast<RangeDimension>().Select(range => range.Whole).ShouldBe([false, true, true]);
    }

    [Fact]
    public void Targets_keep_the_options_of_their_kind()
    {
        var targets = Samples.Read(Samples.Minimal + """
            targets:
              local: { kind: local, parallel: 4 }
              cluster: { kind: slurm, partition: gpu, arguments: [ --exclusive ] }
              notes: { kind: notebook, user: me, private: true }
            """).Targets;
        targets.Keys.ShouldBe(["local", "cluster", "notes"]);
        targets["local"].Whole("parallel").ShouldBe(4);
        targets["cluster"].Kind.ShouldBe("slurm");
        targets["cluster"].Text("partition").ShouldBe("gpu");
        targets["cluster"].Texts("arguments").ShouldBe(["--exclusive"]);
        targets["notes"].Flag("private").ShouldBe(true);
        targets["notes"].Flag("internet").ShouldBeNull();
    }

    [Fact]
    public void Anchors_and_aliases_are_supported() =>
        Samples.Read("name: a\ntrain:\n  command: x\n  data:\n    train: &d data/x.csv\n    test: *d\n").Train.Data["test"]
            .Text.ShouldBe("data/x.csv");

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_are_ignored() =>
        Samples.Read('\uFEFF' + Samples.Whole.ReplaceLineEndings("\r\n")).Name.ShouldBe("iris");

    [Fact]
    public void A_path_is_relative_to_the_folder_of_the_project()
    {
        new Location("data/x.csv").PathFrom("/p", "/home/ann").ShouldBe("/p/data/x.csv");
        new Location("/data/x.csv").PathFrom("/p", "/home/ann").ShouldBe("/data/x.csv");
        new Location("~/x").PathFrom("/p", "/home/ann").ShouldBe("/home/ann/x");
        new Location("~/x").PathFrom("/p", home: "").ShouldBe("~/x");
        Should.Throw<InvalidOperationException>(() => new Location("s3://bucket/x").PathFrom("/p", "/home/ann"));
    }

    private static Sweep Sweep(string keys) =>
        Samples.Read(Samples.With($"sweep: {{ parameters: {{ n: {{ min: 1, max: 9 }} }}, {keys} }}")).Sweep!;
}
