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

public sealed class A_submission_is_as_it_should_be(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
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
    public async Task What_is_described_is_what_is_submitted()
    {
        var assignments = await _commands.AssignAsync("true", 3, spec => spec with
        {
            Target = SlurmBench.Spec("""{"partition":"small","constraint":"fast","scratch":"/tmp/my scratch"}"""),
            Parallel = 2,
            Resources = new ResourceSpec { Cpus = 1.5, MemoryBytes = 100_000_000, MaxRuntime = TimeSpan.FromMinutes(5) },
        });
        var text = await _commands.Target.DescribeAsync(assignments, Cancel);
        foreach (var part in new[] { "--partition=small", "--constraint=fast", "--cpus-per-task=2", "--mem=96M", "--time=10",
            "--array=0-2%2", "--no-requeue", $"--comment=tenfold:{Conformance.Work.Ledger}:{assignments[0].Group}-[1-3]-1",
            "export TENFOLD_SCRATCH='/tmp/my scratch'", "agent run --store" })
            text.Replace("'--", "--").ShouldContain(part, Case.Sensitive);
        (await _commands.Store.ExistsAsync(AttemptKeys.Assignment(assignments[0].Attempt), Cancel)).ShouldBeFalse();
        fixture.Cluster.Run("squeue", "--noheader", "--states=all").ShouldNotContain(assignments[0].Group);
        (await _rest.Target.DescribeAsync(assignments, Cancel)).ShouldContain("\"array\": \"0-2%2\"");
    }

    [Theory]
    [InlineData("{}", null, 60)] // no limit
    [InlineData("{}", 600, 60)]
    [InlineData("""{"partition":"small"}""", 5, 30)] // ten minutes for a run of five
    [InlineData("""{"partition":"small"}""", 10, 0)] // no room beside the run
    [InlineData("""{"partition":"small"}""", null, 30)]
    [InlineData("""{"arguments":["--time=2"]}""", null, 6)]
    [InlineData("""{"arguments":["--time","2"]}""", null, 0)]
    public async Task Further_attempts_are_taken_up_only_as_the_time_limit_has_room(string target, int? minutes, int seconds)
    {
        var assignments = await _commands.AssignAsync("true", 3, spec => spec with
        {
            Target = SlurmBench.Spec(target),
            Resources = new ResourceSpec { MaxRuntime = minutes is { } known ? TimeSpan.FromMinutes(known) : null },
        });
        var text = await _commands.Target.DescribeAsync(assignments, Cancel);
        var submission = $" --submission '{assignments[0].Group}-[1-3]-1' --carry-for {seconds}\n";
        if (seconds > 0) text.ShouldContain(submission);
        else text.ShouldNotContain("--submission");
        (await _commands.Target.DescribeAsync([assignments[0]], Cancel)).ShouldNotContain("--submission");
    }

    [Fact]
    public async Task A_secret_reaches_the_run_and_stands_nowhere_else()
    {
        const string value = "s3cr3t-v4lu3";
        Environment.SetEnvironmentVariable(Secret, value);
        try
        {
            foreach (var bench in new[] { _commands, _rest })
            {
                var seen = bench.Folder["seen"];
                var assignments = await bench.AssignAsync(
                    $"echo ${Secret} > {seen}; cat /proc/*/cmdline | tr '\\0' ' ' > {seen}-commands", 1,
                    spec => spec with { Secrets = [Secret] });
                (await bench.Target.DescribeAsync(assignments, Cancel)).ShouldNotContain(value);
                await bench.Target.StartAsync(assignments, Cancel);
                await Eventually.ShouldBeAsync(() => bench.Observe(assignments[0]).Kind == BackendKind.Gone, "it has run");
                File.ReadAllText(seen).ShouldBe(value + "\n");
                File.ReadAllText(seen + "-commands").ShouldNotContain(value);
                File.Delete(seen);
                bench.Folder.FilesWith(value).ShouldBeEmpty();
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable(Secret, null);
        }
    }

    [Fact]
    public void The_ledgers_address_and_the_homes_stay_here()
    {
        var variables = JobEnvironment.Of(["A_SECRET"], new Dictionary<string, string>
        {
            ["TENFOLD_LEDGER"] = "postgres://me:password@db",
            ["TENFOLD_HOME"] = "/home",
            ["TENFOLD_X"] = "1",
            ["AWS_PROFILE"] = "p",
            ["A_SECRET"] = "s",
            ["OTHER"] = "o",
            ["SBATCH_WAIT"] = "1",
            ["PIP_INDEX_URL"] = "https://me:password@index",
            ["UV_CACHE_DIR"] = "/c",
            ["CONDA_CHANNELS"] = "x",
            ["CONDARC"] = "/c/condarc",
            ["CONDA_PREFIX"] = "/c/env",
            ["CONDA_PREFIX_1"] = "/c",
        });
        foreach (var set in new[] { "PIP_INDEX_URL", "UV_CACHE_DIR", "CONDA_CHANNELS", "CONDARC" }) variables.Keys.ShouldContain(set);
        variables.Keys.ShouldContain("TENFOLD_X");
        variables.Keys.ShouldContain("AWS_PROFILE");
        variables.Keys.ShouldContain("A_SECRET");
        foreach (var kept in new[] { "TENFOLD_LEDGER", "TENFOLD_HOME", "OTHER", "SBATCH_WAIT", "CONDA_PREFIX", "CONDA_PREFIX_1" })
            variables.Keys.ShouldNotContain(kept);
    }

    [Fact]
    public async Task No_more_of_a_group_run_at_once_than_it_allows_also_when_some_come_later()
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
            "the rest is taken");
        await Eventually.ShouldBeAsync(
            () => assignments.All(assignment => _commands.Observe(assignment).Kind == BackendKind.Gone), "all have run");
    }

    [Theory]
    [InlineData("st%j x", null)]
    [InlineData(@"st\x", "does not take a backslash")]
    [InlineData("", "HOME is not set")]
    public async Task What_jobs_print_is_found_where_it_belongs_or_the_place_is_refused(string name, string? refusal)
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            var folder = name.Length > 0 ? bench.Folder[name] : null;
            if (refusal is not null)
            {
                Should.Throw<TargetException>(
                    () => OutputFolder.Of(new SlurmOptions { Folder = folder }, "s3://bucket", "")).Message.ShouldContain(refusal);
                continue;
            }

            var assignments = await bench.AssignAsync(
                "true", 2, spec => spec with { Target = SlurmBench.Spec($$"""{"folder":"{{folder}}"}""") });
            await bench.Target.StartAsync(assignments, Cancel);
            await Eventually.ShouldBeAsync(
                () => assignments.All(assignment => bench.Observe(assignment).Kind == BackendKind.Gone), "they have run");
            Directory.GetFiles(folder!).Length.ShouldBe(2);
            assignments.ShouldAllBe(assignment => bench.Observe(assignment).End == null);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named_and_only_what_belongs_there_waits()
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
                    && outcome.Reason.Words()!.Contains("set the target's `folder`"));
    }

    [Theory]
    [InlineData("sbatch: error: invalid partition specified: munge\nsbatch: error: Batch job submission failed: Invalid partition name specified", false)]
    [InlineData("sbatch: unrecognized option '--connection refused'", false)]
    [InlineData("sbatch: error: Munge encode failed: Failed to access socket\nsbatch: error: Batch job submission failed: Protocol authentication error", true)]
    [InlineData("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", true)]
    [InlineData("slurm_load_jobs error: Socket timed out on send/recv operation", true)]
    [InlineData("Unable to contact slurm controller (connect failure)", true)]
    public void Only_Slurms_own_words_say_that_there_was_no_answer(string words, bool isNoAnswer) =>
        SubmitErrors.IsNoAnswer(words).ShouldBe(isNoAnswer);

    [Fact]
    public async Task A_command_that_is_not_there_is_named()
    {
        var runner = new CommandRunner(
            () => new Dictionary<string, string> { ["PATH"] = "/" }, TimeSpan.FromMinutes(1), TimeProvider.System);
        (await Should.ThrowAsync<TargetException>(() => runner.RunAsync("no-such-scontrol", [], null, null, Cancel))).Message
            .ShouldStartWith("there is no `no-such-scontrol` on PATH: run tenfold where Slurm's commands are");
    }

    [Fact]
    public async Task What_is_in_hidden_partitions_is_asked_for_too()
    {
        // Whoever brought the cluster up sees them anyway, so what is asked counts.
        foreach (var command in new[] { "squeue", "scontrol" })
        {
            var path = _commands.Folder.Write(
                $"bin/{command}", $"#!/bin/sh\necho {command} \"$@\" >> {_commands.Folder["asked"]}\nexec /usr/bin/{command} \"$@\"\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var slurm = _commands.Connect(_commands.Folder["bin"]);
        await slurm.ListJobsAsync(Cancel);
        await slurm.ListPartitionsAsync(Cancel);
        File.ReadAllLines(_commands.Folder["asked"]).ShouldAllBe(line => line.Contains(" --all "));
    }

    [Fact]
    public void What_slurmctld_has_forgotten_is_found_in_the_accounts()
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
