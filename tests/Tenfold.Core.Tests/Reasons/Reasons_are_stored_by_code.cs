using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Reasons;

public sealed class Reasons_are_stored_by_code
{
    public static TheoryData<Reason> Reasons =>
    [
        new Reason.Note("a b \U0001F600"), new Reason.Preparing(), new Reason.WaitsForRoom(), new Reason.WaitsForAgent(),
        new Reason.WaitsForGroup(2), new Reason.WaitsForRunLimit(4, "iris"), new Reason.WaitsForDayLimit(20, null, "Europe/Berlin"),
        new Reason.WaitsBehind(3, new Reason.WaitsForRoom()),
        new Reason.WaitsForSecrets(["A", "B"]), new Reason.SecretsMissing(["A"]), new Reason.Exited(3, "Error: \"x\"\nlast"),
        new Reason.Exited(null),
        new Reason.Signalled(9), new Reason.EarlyStopped("loss", double.NegativeInfinity, 3), new Reason.TimeLimit(TimeSpan.FromHours(2)),
        new Reason.Cancelled(), new Reason.Cancelled(BeforeStart: true), new Reason.NotStarted("no"), new Reason.InternalFault("trace"),
        new Reason.ResultsNotStored("full", "/tmp/w", new Reason.Exited(1)), new Reason.AgentLost(), new Reason.AgentLost("process 7"),
        new Reason.AgentStopped(), new Reason.Preempted(), new Reason.NeverReported("gpu"), new Reason.StoreFault("damaged"),
        new Reason.StoreFault("damaged") { Store = "s3://bucket/team" }, new Reason.TargetFault("no answer"),
        new Reason.TargetFault("no answer") { Target = "slurm ann@gpu" }, new Reason.OfBackend("slurm", "NODE_FAIL", "its node failed"),
        new Reason.OfBackend("slurm", null, "the partition 'x' does not exist")
        {
            Fact = "partition-not-found",
            About = new Dictionary<string, string> { ["partition"] = "x", ["account"] = "lab" },
            Answer = "invalid partition specified: x",
        },
        new Reason.MadeByNewerVersion(), new Reason.MachineTooSmall("gpus", 3, 1), new Reason.MachineTooSmall("memory", 64e9, 15.5e9),
        new Reason.FolderInUse("k7m2xqab-1-1", "node7", "/tmp/tenfold"), new Reason.SocketPathTooLong("/very/long/socket", 107),
        new Reason.Retried(new Reason.Signalled(11, "Segmentation fault")), new Reason.PrunedByRank(27, double.NaN, null, 3, 12),
        new Reason.PrunedByMedian(9, 0.5, 0.6, 11), new Reason.PrunedByForecast(9, 0.5),
        new Reason.RunsNotCounted(1, 3, new Reason.MetricNotFinite("loss", double.NaN)),
        new Reason.ConstraintBroken("latency", 25.5, 20, IsUpper: true), new Reason.MetricMissing("loss"),
        new Reason.MetricNotFinite("loss", double.PositiveInfinity), new Reason.TrialLost(),
        new Reason.TrialLeaseEnded(), new Reason.PrunedByWorker(),
        new Reason.FirstTrialsFailed(5, new Reason.MetricMissing("loss")),
        new Reason.AllTrialsAsked(50), new Reason.SpaceExhausted(),
        new Reason.BudgetSpent(TimeSpan.FromHours(2), null, true), new Reason.PriceUnknown(20), new Reason.CostUnknown(),
        new Reason.TimeTooShort(TimeSpan.FromHours(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)),
        new Reason.MoneyTooShort(20, 1.5m, 2, 0),
        new Reason.BestConfirmed(4), new Reason.NothingConfirmed(), new Reason.FrontConfirmed(2, 3),
        new Reason.RepeatsLostTrial(3), new Reason.StartPoint(),
        new Reason.BestOfEarlierStudy("k7m2xqab", 3), new Reason.GridPoint(), new Reason.RandomPoint(), new Reason.SobolPoint(4),
        new Reason.SobolPointTaken(4), new Reason.PreferredPointsTaken(), new Reason.ResemblesBest(25, 4000),
        new Reason.PosteriorDraw(0.93, 0.01), new Reason.ExpectedImprovement(0.002, -0.12346, 0.01),
        new Reason.ObjectivesWeighed("latency", 0.69),
        new Reason.FirstVersion("1.0.0"), new Reason.TrafficSet(), new Reason.VersionReverted("1.0.0"), new Reason.ExperimentStopped(),
        new Reason.VersionNotReady("1.1.0", null), new Reason.VersionCrashes("1.1.0", "it ended with exit code 1"),
        new Reason.VersionFaulty("1.1.0", "1.0.0", RequestFault.Failed, 12, 3, 0.1, 0.0008),
        new Reason.VersionFaulty("1.1.0", "1.0.0", RequestFault.Slow, 12, 3, 0.1, 0.0008) { SlowFrom = TimeSpan.FromSeconds(0.25) },
    ];

    public static TheoryData<Warning> Warnings =>
    [
        new Warning.Note("text"), new Warning.FileNotStored("model/m", "it is a pipe"), new Warning.DataChanged("channel 'train'"),
        new Warning.VariablesLeftOut("ids", 200_000, ["TENFOLD_PARAM_IDS", "SM_HPS"]), new Warning.MoreFilesNotStored(3),
        new Warning.MetricsNotUnderstood(2, "{ (it is not JSON)"), new Warning.OutputHeldOpen(), new Warning.ProcessesEnded(2),
        new Warning.MetricNotFound("acc", "acc: 0.9", "acc: ([0-9.]+)", true), new Warning.LinesTooLong(2, 262144, "xxx…"),
        new Warning.UpdatesSkipped(100_000),
        new Warning.OutputNotStored("the disk is full"),
        new Warning.CheckpointNotStored("no answer"), new Warning.CheckpointIncomplete("model.pt", 1_764_000_000_000),
        new Warning.FolderNotRemoved("/tmp/w", "busy"),
        new Warning.EnvironmentChanged("requirements.txt", "lib/x.py"),
        new Warning.EnvironmentChanged("requirements.txt", "lib/x.py") { Others = ["k7m2xqab-2"] },
        new Warning.EnvironmentNotReused("requirements.txt", "--odd"),
        new Warning.EnvironmentRefused("requirements.txt", "its archive is missing"),
        new Warning.ParametersUntagged("train.ipynb", ["lr"]), new Warning.ParametersUndeclared("train.ipynb", ["lr"]),
        new Warning.KernelReplaced("train.ipynb", "old", "/usr/bin/python3", ["python3"]),
        new Warning.NotebookElsewhere("train.ipynb", "/opt/python3", "/usr/bin/python3"),
        new Warning.LivePath("PYTHONPATH", "/home/me/iris/lib"), new Warning.LivePathInCode("train.py", 3, "/home/me/iris"),
        new Warning.FileLeftOut("data/train.csv"),
    ];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_reason_survives_a_round_trip(Reason reason)
    {
        ReasonJson.Read(ReasonJson.Write(reason)).ShouldBe(reason);
        reason.ToString().ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [MemberData(nameof(Warnings))]
    public void A_warning_survives_a_round_trip(Warning warning)
    {
        WarningJson.Read(WarningJson.Write([warning])).ShouldBe([warning]);
        warning.ToString().ShouldNotBe(warning.Code);
    }

    [Fact]
    public void No_case_is_forgotten()
    {
        Cases(typeof(Reason)).ShouldBe(Reasons.Select(row => row.Data.GetType().Name).Distinct().Order());
        Cases(typeof(Warning)).ShouldBe(Warnings.Select(row => row.Data.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void Reasons_of_trials_are_worded()
    {
        new Reason.RepeatsLostTrial(3).ToString().ShouldBe("trial 3 was lost with its machine");
        new Reason.BestOfEarlierStudy("k7m2xqab", 3).ToString().ShouldBe("trial 3 of k7m2xqab, one of its best");
        new Reason.SobolPointTaken(4).ToString().ShouldBe("a random point, because point 4 of the Sobol sequence is taken");
        new Reason.ResemblesBest(25, 4000).ToString().ShouldBe("like the best 25 of 4000 trials, and unlike the others");
        new Reason.PosteriorDraw(0.93, 0.0123).ToString().ShouldBe("the best of one draw; predicted 0.93 ± 0.012");
        new Reason.ExpectedImprovement(0.00214, -0.12346, 0.0123).ToString()
            .ShouldBe("expected improvement 0.0021; predicted -0.1235 ± 0.012");
    }

    [Fact]
    public void Reasons_of_a_machine_are_worded()
    {
        new Reason.MachineTooSmall("gpus", 3, 1).ToString()
            .ShouldBe("it needs 3 GPUs, and this machine has 1; lower resources.gpus or choose another target");
        new Reason.MachineTooSmall("cpus", 64, 2).ToString()
            .ShouldBe("it needs 64 cores, and this machine has 2; lower resources.cpus or choose another target");
        new Reason.MachineTooSmall("memory", 64e9, 15.54e9).ToString()
            .ShouldBe("it needs 64 GB of memory, and this machine has 15.5 GB; lower resources.memory or choose another target");
    }

    [Fact]
    public void The_form_is_fixed()
    {
        ReasonJson.Write(new Reason.Exited(1)).ShouldBe("""{"code":"exited","exitCode":1,"lastLines":null}""");
        ReasonJson.Write(new Reason.Exited(3, "ä 'x'")).ShouldBe("""{"code":"exited","exitCode":3,"lastLines":"ä 'x'"}""");
        ReasonJson.Write(new Reason.TimeLimit(TimeSpan.FromMinutes(90))).ShouldBe("""{"code":"time-limit","limit":"01:30:00"}""");
        ReasonJson.Write(new Reason.StoreFault("damaged")).ShouldBe("""{"code":"store-fault","message":"damaged"}""");
        ReasonJson.Write(new Reason.OfBackend("slurm", "NODE_FAIL", "its node failed"))
            .ShouldBe("""{"code":"backend","backend":"slurm","state":"NODE_FAIL","words":"its node failed"}""");
        WarningJson.Write([]).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"code":"not-started","message":"it needs 3 GPUs, and this machine has 1"}""")]
    [InlineData("""{"code":"backend","backend":"slurm","state":null,"words":"it needs 3 GPUs, and this machine has 1"}""")]
    [InlineData("""{"code":"target-fault","message":"it needs 3 GPUs, and this machine has 1"}""")]
    [InlineData("""{"code":"store-fault","message":"it needs 3 GPUs, and this machine has 1"}""")]
    public void A_reason_that_an_older_version_stored_as_words_is_read(string stored)
    {
        var reason = ReasonJson.Read(stored)!;
        reason.ShouldNotBeOfType<Reason.Unknown>();
        reason.ToString().ShouldBe("it needs 3 GPUs, and this machine has 1");
    }

    [Theory]
    [InlineData("plain text of an older version", "plain text of an older version")]
    [InlineData("{ not JSON", "{ not JSON")]
    [InlineData("""{"code":"spot-notice","zone":"eu-1a"}""", "spot-notice (zone: eu-1a)")]
    [InlineData("""{"code":"exited","exitCode":"of another kind"}""", "exited (exitCode: of another kind)")]
    [InlineData("""{"code":"early-stopped"}""", "early-stopped")]
    [InlineData("""{"other":1}""", "unknown (other: 1)")]
    public void An_unknown_reason_is_shown_as_it_is_stored(string stored, string words)
    {
        var reason = ReasonJson.Read(stored)!;
        reason.ToString().ShouldBe(words);
        if (reason is Reason.Unknown) ReasonJson.Write(reason).ShouldBe(stored);
    }

    [Fact]
    public void A_report_of_an_older_agent_has_text()
    {
        var report =
            Read("""{"state":"Failed","ending":"Exited","reason":"exit code 1\nError","exitCode":1,"warnings":["a file was not kept"]}""");
        report.Reason.ShouldBe(new Reason.Note("exit code 1\nError"));
        report.Warnings.ShouldBe([new Warning.Note("a file was not kept")]);
        Read("""{"state":"Running"}""")
            .ShouldSatisfyAllConditions(bare => bare.Reason.ShouldBeNull(), bare => bare.Warnings.ShouldBeEmpty());
    }

    [Fact]
    public void A_report_has_both_so_that_older_controllers_read_it()
    {
        var report = new AttemptReport
        {
            State = AttemptState.Failed,
            Reason = new Reason.Exited(1, "Error"),
            Warnings = [new Warning.OutputHeldOpen()],
        };
        var json = JsonSerializer.Serialize(report, AttemptJson.Default.AttemptReport);
        var element = JsonElement.Parse(json);
        element.GetProperty("reason").GetString().ShouldBe("exit code 1\nError");
        element.GetProperty("warnings")[0].GetString().ShouldNotBeNull().ShouldContain("holds its output open");
        var back = Read(json);
        back.Reason.ShouldBe(report.Reason);
        back.Warnings.ShouldBe(report.Warnings);
    }

    [Theory]
    [InlineData("""{"state":"Lost","reason":"the spot market took it","cause":{"code":"spot-notice"}}""")]
    [InlineData("""{"state":"Lost","cause":{"code":"spot-notice"},"reason":"the spot market took it"}""")]
    public void A_report_of_a_newer_agent_is_shown_in_its_own_words(string json) =>
        Read(json).Reason.ShouldBeOfType<Reason.Unknown>().ToString().ShouldBe("the spot market took it");

    [Fact]
    public void Every_text_of_the_data_can_be_edited_and_no_code()
    {
        var reason = new Reason.ResultsNotStored("exited s3cret", "/tmp", new Reason.Exited(1, "token s3cret"));
        ReasonJson.Edit(reason, text => text.Replace("s3cret", "***").Replace("exited", "went"))
            .ShouldBe(new Reason.ResultsNotStored("went ***", "/tmp", new Reason.Exited(1, "token ***")));
    }

    private static AttemptReport Read(string json) => JsonSerializer.Deserialize(json, AttemptJson.Default.AttemptReport)!;

    private static IEnumerable<string> Cases(Type type) =>
        type.GetNestedTypes().Where(nested => nested.IsSealed && nested.IsSubclassOf(type) && nested.Name != "Unknown")
            .Select(nested => nested.Name).Order();
}
