using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class Attempts_are_submitted_as_array_jobs(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private const string Secret = "TENFOLD_CLUSTER_TEST_SECRET";

    private readonly SlurmBench _commands = new(fixture.Cluster);
    private readonly SlurmBench _rest = new(fixture.Cluster, byRest: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _commands.DisposeAsync();
        await _rest.DisposeAsync();
    }

    [Fact]
    public async Task The_description_shows_what_would_be_submitted_and_submits_nothing()
    {
        var assignments = await _commands.AssignAsync("true", 3, spec => spec with
        {
            Target = SlurmBench.Spec("""{"partition":"small","constraint":"fast","scratch":"/tmp/my scratch"}"""),
            Parallel = 2,
            Resources = new ResourceSpec { Cpus = 1.5, MemoryBytes = 100_000_000, MaxRuntime = TimeSpan.FromMinutes(5) },
        });
        var text = (await _commands.Target.DescribeAsync(assignments, Cancel)).Value();
        foreach (var part in new[] { "--partition=small", "--constraint=fast", "--cpus-per-task=2", "--mem=96M", "--time=10",
            "--array=0-2%2", "--no-requeue", $"--comment=tenfold:{Conformance.Work.Ledger}:{assignments[0].Group}-[1-3]-1",
            "export TENFOLD_SCRATCH='/tmp/my scratch'", "agent run --store" })
            text.Replace("'--", "--").ShouldContain(part, Case.Sensitive);
        (await _commands.Store.ExistsAsync(AttemptKeys.Assignment(assignments[0].Attempt), Cancel)).ShouldBeFalse();
        fixture.Cluster.Run("squeue", "--noheader", "--states=all").ShouldNotContain(assignments[0].Group);
        (await _rest.Target.DescribeAsync(assignments, Cancel)).Value().ShouldContain("\"array\": \"0-2%2\"");
    }

    [Theory]
    [InlineData("{}", null, 60)] // no limit
    [InlineData("{}", 600, 60)]
    [InlineData("""{"partition":"small"}""", 5, 30)] // the partition's ten minutes for a run of five
    [InlineData("""{"partition":"small"}""", 10, 0)] // no time is left beside the run
    [InlineData("""{"partition":"small"}""", null, 30)]
    [InlineData("""{"arguments":["--time=2"]}""", null, 6)]
    [InlineData("""{"arguments":["--time","2"]}""", null, 0)]
    public async Task Elements_take_on_further_attempts_only_as_far_as_the_time_limit_has_room(string target, int? minutes, int seconds)
    {
        var assignments = await _commands.AssignAsync("true", 3, spec => spec with
        {
            Target = SlurmBench.Spec(target),
            Resources = new ResourceSpec { MaxRuntime = minutes is { } known ? TimeSpan.FromMinutes(known) : null },
        });
        var text = (await _commands.Target.DescribeAsync(assignments, Cancel)).Value();
        var submission = $" --submission '{assignments[0].Group}-[1-3]-1' --share-for {seconds}\n";
        if (seconds > 0) text.ShouldContain(submission);
        else text.ShouldNotContain("--submission");
        (await _commands.Target.DescribeAsync([assignments[0]], Cancel)).Value().ShouldNotContain("--submission");
    }

    [Fact]
    public async Task A_secret_reaches_the_run_and_nothing_else()
    {
        const string value = "s3cr3t-v4lu3";
        foreach (var bench in new[] { _commands, _rest })
        {
            bench.Secrets[Secret] = value;
            var seen = bench.Folder["seen"];
            var assignments = await bench.AssignAsync(
                $"echo ${Secret} > {seen}; cat /proc/*/cmdline | tr '\\0' ' ' > {seen}-commands", 1,
                spec => spec with { Secrets = [Secret] });
            (await bench.Target.DescribeAsync(assignments, Cancel)).Value().ShouldNotContain(value);
            await bench.Target.StartAsync(assignments, Cancel);
            await Eventually.ShouldBeAsync(() => bench.Observe(assignments[0]).Kind == BackendKind.Gone, "it has run");
            File.ReadAllText(seen).ShouldBe(value + "\n");
            File.ReadAllText(seen + "-commands").ShouldNotContain(value);
            File.Delete(seen);
            bench.Folder.FilesWith(value).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Secrets_come_from_the_host_and_not_from_the_shell()
    {
        var shell = new Dictionary<string, string> { ["A_SECRET"] = "the shell's", ["ANOTHER"] = "the shell's" };
        var environment = new JobEnvironment(shell, name => name == "A_SECRET" ? "the host's" : null);
        environment.For(["A_SECRET", "ANOTHER"]).ShouldBe(new Dictionary<string, string> { ["A_SECRET"] = "the host's" });
        environment.Missing(["A_SECRET", "ANOTHER"]).ShouldBe(["ANOTHER"]);
    }

    [Fact]
    public void The_ledger_the_server_and_the_home_are_withheld()
    {
        var shell = new Dictionary<string, string>
        {
            ["TENFOLD_LEDGER"] = "postgres://me:password@db",
            ["TENFOLD_SERVER"] = "https://server",
            ["TENFOLD_API_KEY"] = "key",
            ["TENFOLD_HOME"] = "/home",
            ["TENFOLD_X"] = "1",
            ["AWS_PROFILE"] = "p",
            ["OTHER"] = "o",
            ["SBATCH_WAIT"] = "1",
            ["PIP_INDEX_URL"] = "https://me:password@index",
            ["UV_CACHE_DIR"] = "/c",
            ["CONDA_CHANNELS"] = "x",
            ["CONDARC"] = "/c/condarc",
            ["CONDA_PREFIX"] = "/c/env",
            ["CONDA_PREFIX_1"] = "/c",
        };
        var variables = new JobEnvironment(shell, _ => null).For([]);
        foreach (var set in new[] { "PIP_INDEX_URL", "UV_CACHE_DIR", "CONDA_CHANNELS", "CONDARC" }) variables.Keys.ShouldContain(set);
        variables.Keys.ShouldContain("TENFOLD_X");
        variables.Keys.ShouldContain("AWS_PROFILE");

        foreach (var kept in new[]
            {
                "TENFOLD_LEDGER", "TENFOLD_SERVER", "TENFOLD_API_KEY", "TENFOLD_HOME", "OTHER", "SBATCH_WAIT", "CONDA_PREFIX",
                "CONDA_PREFIX_1",
            })
            variables.Keys.ShouldNotContain(kept);
    }

    [Fact]
    public async Task A_group_never_runs_more_attempts_than_parallel_even_if_some_are_submitted_later()
    {
        var go = _commands.Folder["go"];
        var assignments = await _commands.AssignAsync($"until [ -e {go} ]; do sleep 0.05; done", 6, spec => spec with { Parallel = 2 });
        (await _commands.Target.StartAsync([.. assignments.Take(4)], Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        var later = await _commands.Target.StartAsync([.. assignments.Skip(4)], Cancel);
        later.ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity && outcome.Reason.Words()!.Contains("`parallel` is 2"));
        await Eventually.ShouldBeAsync(
            () => assignments.Count(assignment => _commands.Observe(assignment).Kind == BackendKind.Running) == 2, "two run");
        _commands.Observe(assignments[3]).Reason.Words().ShouldNotBeNull().ShouldContain("`parallel`");
        File.WriteAllText(go, "");
        await Eventually.ShouldBeAsync(
            () => _commands.Target.StartAsync(assignments, Cancel).Result.All(outcome => outcome.Kind == StartKind.Started),
            "the rest is submitted");
        await Eventually.ShouldBeAsync(
            () => assignments.All(assignment => _commands.Observe(assignment).Kind == BackendKind.Gone), "all have run");
    }

    [Theory]
    [InlineData("st%j x", null)]
    [InlineData(@"st\x", "contains a backslash")]
    [InlineData("", "HOME is not set")]
    public async Task Output_is_written_to_the_target_folder_or_the_folder_is_refused(string name, string? refusal)
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            var folder = name.Length > 0 ? bench.Folder[name] : null;
            if (refusal is not null)
            {
                OutputFolder.Find(new SlurmOptions { Folder = folder }, "s3://bucket", "").Refusal().Message.ShouldContain(refusal);
                continue;
            }

            var assignments = await bench.AssignAsync(
                "true", 2, spec => spec with { Target = SlurmBench.Spec($$"""{"folder":"{{folder}}"}""") });
            await bench.Target.StartAsync(assignments, Cancel);
            await Eventually.ShouldBeAsync(
                () => assignments.All(assignment => bench.Observe(assignment).Kind == BackendKind.Gone), "they have run");
            Directory.GetFiles(folder!).Length.ShouldBe(2);
            File.GetUnixFileMode(folder!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            assignments.ShouldAllBe(assignment => bench.Observe(assignment).End == null);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_created_delays_only_its_own_attempts()
    {
        File.WriteAllText(_commands.Folder["file"], "");
        var folder = _commands.Folder["file/below"];
        var there = await _commands.AssignAsync("true", 2, spec => spec with { Target = SlurmBench.Spec($$"""{"folder":"{{folder}}"}""") });
        var elsewhere = await _commands.AssignAsync("true", 1);
        var outcomes = await _commands.Target.StartAsync([.. there, .. elsewhere], Cancel);
        outcomes[2].ShouldBe(StartOutcome.Started);
        outcomes.Take(2)
            .ShouldAllBe(
                outcome => outcome.Kind == StartKind.NoCapacity && outcome.Reason.Words()!.Contains(folder)
                    && outcome.Reason.Words()!.Contains("the target's `folder`"));
    }

    [Theory]
    [InlineData("sbatch: error: invalid partition specified: munge\nsbatch: error: Batch job submission failed: Invalid partition name specified", false)]
    [InlineData("sbatch: unrecognized option '--connection refused'", false)]
    [InlineData("sbatch: error: Munge encode failed: Failed to access socket\nsbatch: error: Batch job submission failed: Protocol authentication error", true)]
    [InlineData("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", true)]
    [InlineData("slurm_load_jobs error: Socket timed out on send/recv operation", true)]
    [InlineData("Unable to contact slurm controller (connect failure)", true)]
    public void Only_Slurms_own_words_mean_that_it_did_not_answer(string words, bool isNoAnswer) =>
        SubmitAnswerParser.IsNoAnswer(words).ShouldBe(isNoAnswer);

    [Fact]
    public async Task A_missing_command_is_named()
    {
        var runner = new CommandRunner(
            () => new Dictionary<string, string> { ["PATH"] = "/" }, TimeSpan.FromMinutes(1), TimeProvider.System);
        (await Should.ThrowAsync<TargetException>(() => runner.RunAsync("no-such-scontrol", [], null, null, Cancel))).Message
            .ShouldStartWith("there is no `no-such-scontrol` on PATH. Run tenfold where Slurm's commands are");
    }

    [Fact]
    public async Task Hidden_partitions_are_included()
    {
        // The tests' user sees hidden partitions anyway, so the test checks the option.
        foreach (var command in new[] { "squeue", "scontrol" })
        {
            var path = _commands.Folder.Write(
                $"bin/{command}", $"#!/bin/sh\necho {command} \"$@\" >> {_commands.Folder["calls"]}\nexec /usr/bin/{command} \"$@\"\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var slurm = _commands.Connect(_commands.Folder["bin"]);
        await slurm.ListJobsAsync(Cancel);
        await slurm.ListPartitionsAsync(Cancel);
        File.ReadAllLines(_commands.Folder["calls"]).ShouldAllBe(line => line.Contains(" --all "));
    }

    [Fact]
    public void Accounting_has_the_jobs_that_slurmctld_has_forgotten()
    {
        var view = new QueueView(SacctListing.Read("""
            12_0|COMPLETED|0:0|d1|k7m2xqab-[1-4]-1
            12_1|NODE_FAIL|0:0|d2|k7m2xqab-[1-4]-1
            12_[2-3]|CANCELLED by 1000|0:0|None assigned|k7m2xqab-[1-4]-1
            13|FAILED|1:0|d1|k7m2xqab
            14_0|FAILED|0:9|d1|wrap
            """));
        JobStates.ToBackendState(view.Find("k7m2xqab-2-1").ShouldNotBeNull()).End.ShouldBe(Ending.Lost);
        JobStates.ToBackendState(view.Find("k7m2xqab-4-1").ShouldNotBeNull()).End.ShouldBe(Ending.Cancelled);
        view.Find("k7m2xqab-5-1").ShouldBeNull();
    }
}
